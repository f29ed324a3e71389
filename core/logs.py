"""One way of logging for all parts: a line a record, to stderr; whoever reads it adds when and which."""

import logging
import logging.config
from typing import Any


class Line(logging.Formatter):
    """The words, after the level where it is one to look at; an exception below them."""

    def format(self, record: logging.LogRecord) -> str:
        words = super().format(record)
        return f"{record.levelname}: {words}" if record.levelno >= logging.WARNING else words


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.Line"}},
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
