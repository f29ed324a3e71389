"""The Celery application of the workspace, set up as one that must not lose work.

A run in the browser is a row in the database (core/queue/) and a message here. The row is the truth:
it says who may judge the run and until when. So a message may be lost or come twice, and every choice
below leans towards "twice". `celery -A core.celery worker` and `… beat` start with it.
"""

import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from celery import Celery
from django.conf import settings

from core.kata import Kata
from core.needs.urls import redis_urls

JUDGE = "judge"  # names of tasks
REAP = "reap"
RUNS = "runs"  # names of queues: one for the work, one for what must not wait behind it
UPKEEP = "upkeep"

REAP_EVERY = 5.0  # seconds
SPARE = 20.0  # seconds beyond a kata's own limits, for all that is around a run
LONGEST = 600.0  # seconds, for a task that says nothing of its own

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")


def configuration() -> dict[str, Any]:
    """Read when it is first needed; each line says what would happen without it."""
    return {
        # Where messages are kept. The broker and the cache may share one Valkey or Redis.
        "broker_url": celery_url(settings.REDIS_URL),
        #
        # --- what a message is
        # Pickle would run whatever a message holds: whoever can write to the broker owns the worker.
        "task_serializer": "json",
        "accept_content": ["json"],
        # Nobody reads a result: what came of a run is in its row. Stored ones would only pile up.
        "task_ignore_result": True,
        "result_backend": None,
        "result_expires": None,  # and nothing is there to clean up
        #
        # --- which queue
        # Of two queues the worker takes in turn, so the reaper does not wait behind a hundred runs.
        "task_default_queue": RUNS,
        "task_routes": {REAP: {"queue": UPKEEP}},
        # A misspelt queue would take messages that no worker ever looks at. (-Q names are known.)
        "task_create_missing_queues": True,
        #
        # --- when a message is done
        # After the work, not before it: one whose worker was killed is delivered again.
        "task_acks_late": True,
        # Also where only the pool's process was killed: by the kernel short of memory, say.
        "task_reject_on_worker_lost": True,
        # But not after an exception of ours: it would come again for ever. The reaper decides.
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        # One at a time a process: a worker with ten in its pocket keeps them from one that is free.
        "worker_prefetch_multiplier": 1,
        #
        # --- how long
        # A soft limit raises an exception in the task, a hard one kills its process. Both lie above
        # the limits of the kata itself, which its keeper holds; `time_limits` sets them a message.
        "task_soft_time_limit": LONGEST,
        "task_time_limit": LONGEST + SPARE,
        # A process that is stuck while it starts is replaced; it judges a canary first.
        "worker_proc_alive_timeout": 60.0,
        # Told to end (SIGTERM), a worker finishes what it began; core/worker/process.py gives back to
        # the queue what takes longer than its patience.
        #
        # --- the pool
        # Processes, not threads: hard limits kill one, and a crash takes no other run along.
        "worker_pool": "prefork",
        # Fresh ones now and then: what leaks, leaks for a while only.
        "worker_max_tasks_per_child": 500,
        #
        # --- a broker that goes away
        "broker_connection_retry_on_startup": True,  # it may start after the worker
        "broker_connection_retry": True,
        "broker_connection_max_retries": None,  # for ever: giving up would need somebody to look
        # What runs goes on meanwhile: its verdict needs the database, not the broker.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # And it takes as many as before once the broker is back: one a process is few enough.
        "worker_enable_prefetch_count_reduction": False,
        "broker_connection_timeout": 2.0,
        # Who sends is a person's click: they are not kept waiting. A run that could not be sent waits
        # in the database, and the reaper sends it.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.0},
        "broker_transport_options": {
            # Redis knows no lost consumers: a message that is not acknowledged in this time is
            # delivered again, even while it is worked on. So longer than the longest task.
            "visibility_timeout": LONGEST + 2 * SPARE,
            # How often that is looked for: every 10th time of every 10 s by default, so after up to
            # 100 s more; now after 5.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # A broker that hangs is one that is away.
            "socket_connect_timeout": 2.0,
            "socket_timeout": 5.0,
            "max_retries": 1,
            "interval_start": 0.0,
            "interval_step": 0.1,
        },
        #
        # --- who watches
        # Events of every task are for a monitor such as Flower; nobody listens here, and each costs
        # a trip. `celery -A core.celery control enable_events` turns them on while it runs.
        "worker_send_task_events": False,
        "task_send_sent_event": False,
        #
        # --- what is due by itself
        # Schedules are rows in the database, to be seen and changed in the admin; these are written
        # there when beat starts. One that nobody took expires: no crowd of them waits for a worker.
        "beat_scheduler": "django_celery_beat.schedulers:DatabaseScheduler",
        "beat_schedule": {
            "Give back what dead workers left": {
                "task": REAP,
                "schedule": REAP_EVERY,
                "options": {"expires": REAP_EVERY},
            },
        },
        "timezone": settings.TIME_ZONE,
        "enable_utc": True,
    }


app = Celery("core", include=["core.worker.tasks"])
app.add_defaults(configuration)


def celery_url(url: str) -> str:
    """A Redis URL as Celery has it: a socket's scheme and database have names of their own there."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return redis_urls(url, dict(parse_qsl(parts.query)).get("db", "0"))["CELERY_BROKER_URL"]


def time_limits(kata: Kata | None) -> dict[str, Any]:
    """Limits of the task that judges a kata: above the kata's own, which end the run in order."""
    if kata is None:
        return {}
    seconds = kata.limits.seconds * len(kata.databases)
    return {"soft_time_limit": seconds + SPARE, "time_limit": seconds + 2 * SPARE}
