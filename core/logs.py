"""One way of logging for all parts: a line a record, to stderr; whoever reads it adds when and which.

`KATA_LOGS=json` makes each line a JSON object, for machines that collect them.
"""

import json
import logging
import logging.config
import os
from datetime import UTC, datetime
from typing import Any


class Line(logging.Formatter):
    """The words, after the level where it is one to look at; an exception below them."""

    def format(self, record: logging.LogRecord) -> str:
        words = super().format(record)
        return f"{record.levelname}: {words}" if record.levelno >= logging.WARNING else words


class JsonLine(logging.Formatter):
    """A record as one JSON object: time (UTC), level, logger, process, message, exception if any."""

    def format(self, record: logging.LogRecord) -> str:
        values = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values)


FORMATTER = "JsonLine" if os.environ.get("KATA_LOGS") == "json" else "Line"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"core.logs.{FORMATTER}"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Two lines a task; core.worker says what came of a run in one.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Lines of their own comings and goings, and one every few seconds.
        "celery.apps.worker": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "django_celery_beat.schedulers": {"level": "WARNING"},
    },
}


def configure() -> None:
    logging.config.dictConfig(LOGGING)
