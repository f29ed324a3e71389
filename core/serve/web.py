"""Gunicorn's configuration: one process with threads, on a socket that `scripts/serve` has bound."""

from typing import Any

from core.logs import LOGGING
from core.serve.ready import ready

wsgi_app = "core.wsgi:application"
workers = 1
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 3  # seconds for requests that run when it ends
control_socket_disable = True
loglevel = "warning"  # what it does by itself is of no interest here
logconfig_dict: dict[str, Any] = LOGGING | {
    "loggers": LOGGING["loggers"]
    | {
        "gunicorn.error": {"propagate": True, "handlers": []},
        "gunicorn.access": {"propagate": False, "handlers": []},
    }
}


def post_worker_init(worker: object) -> None:
    ready()
