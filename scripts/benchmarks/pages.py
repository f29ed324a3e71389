"""In a process of its own: fill a database with runs by SQL, then ask for each page and print JSON."""

import dataclasses
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from fsrs import Rating

from core.kata import Kata

LAST_GRADE = 30  # days ago
DAYS = 730  # over which the runs are spread
FOCUS = "select_related"  # the kata that every second run is of

# Every value comes from the run's number: the same each time.
RUNS = """
    WITH RECURSIVE
        n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(runs)s),
        k(place, uuid) AS (SELECT ROW_NUMBER() OVER (ORDER BY slug) - 1, uuid FROM core_kata)
    INSERT INTO core_run (
        id, kata_id, learner_id, source, seed, status, passed, cases, queries, budget,
        duration, started_at, attempt
    )
    SELECT i, CASE WHEN i %% 2 = 0 THEN %(focus)s ELSE uuid END, %(learner)s,
        CASE WHEN i %% 20 = 0 THEN 'solution' ELSE 'exercise' END, i,
        CASE WHEN i %% 5000 = 0 THEN 'timeout' WHEN i %% 3 = 0 THEN 'passed' ELSE 'failed' END,
        i %% 10, 10, i %% 40, 1, 0.1 + (i %% 50) / 100.0,
        datetime('now', '-' || ((%(runs)s - i) * %(seconds)s / %(runs)s) || ' seconds'), 0
    FROM n JOIN k ON k.place = i / 2 %% %(katas)s
"""
STANDINGS = """
    INSERT INTO core_standing (kata_id, learner_id, last_id, status, last_at, runs, passes, best)
    SELECT kata_id, learner_id, MAX(id), status, started_at, COUNT(*),
        SUM(status = 'passed'), MIN(duration)
    FROM core_run WHERE source = 'exercise' GROUP BY kata_id, learner_id
"""
DAYS_OF_RUNS = """
    INSERT INTO core_day (learner_id, date, runs, passes, reviews, first, last)
    SELECT learner_id, date(started_at), SUM(source = 'exercise'),
        SUM(source = 'exercise' AND status = 'passed'), 0, MIN(id), MAX(id)
    FROM core_run GROUP BY learner_id, date(started_at)
"""


def main(runs: int, repeat: int) -> None:
    import core.wsgi  # noqa: F401 - loads and settles what a server does

    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    old, new = fill(runs)
    filled = time.perf_counter() - start
    client = logged_in()
    pages = [page(client, name, path, repeat) for name, path in paths(runs, old, new).items()]
    sys.stdout.write(json.dumps({"filled": filled, "pages": pages}))


def fill(runs: int) -> tuple[int, int]:
    """A past, cards, and two attempts on top that were really made; their numbers."""
    from core import runs as stored  # models: after django.setup()
    from core.catalogue import catalogue, get
    from core.runner.run import run

    katas, focus = catalogue().katas, get(FOCUS)
    stored.sync(katas)
    values = {
        "runs": runs,
        "focus": focus.uuid.replace("-", ""),
        "learner": stored.local_learner().pk,
        "seconds": DAYS * 86400,
        "katas": len(katas),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RUNS, values)
        cursor.execute(STANDINGS)
        cursor.execute(DAYS_OF_RUNS)
    practise(katas)
    numbers = []
    for source in ("wrong/one_level", "stub"):
        verdict, files = run(focus, source)
        mine = dataclasses.replace(verdict, source=stored.OWN)
        numbers.append(stored.store(mine, files, kata=focus).pk)
    return numbers[0], numbers[1]


def practise(katas: Sequence[Kata]) -> None:
    """A card of each kata and of its questions: all of them are due."""
    from core.models import Card
    from core.practice import questions, schedule
    from core.runs import local_learner

    learner, then = local_learner(), timezone.now() - timedelta(days=LAST_GRADE)
    state = schedule.reviewed(None, Rating.Good, then)
    due = schedule.due(state)
    Card.objects.bulk_create(
        Card(kata_id=kata.uuid, learner=learner, state=state, due=due) for kata in katas
    )
    questions.follow(katas)


def logged_in() -> Client:
    from core.runs import local_learner

    client = Client(SERVER_NAME="localhost")
    client.force_login(local_learner())
    return client


def paths(runs: int, old: int, new: int) -> dict[str, str]:
    listed = "/admin/core/run/"
    return {
        "front page": "/admin/",
        "questions": "/admin/practice/questions/",
        "questions of a kata": f"/admin/practice/questions/?kata={FOCUS}",
        "katas": "/admin/core/kata/",
        "katas, due": "/admin/core/kata/?practice=due",
        "katas, filtered": "/admin/core/kata/?q=query&status=passed&level=2",
        "a kata": f"/admin/katas/{FOCUS}/",
        "a run": f"/admin/runs/{new}/",
        "two runs compared": f"/admin/katas/{FOCUS}/compare/?old={old}&new={new}",
        "runs": listed,
        "runs, from the middle": f"{listed}?before={max(runs // 2, 1)}",
        "runs, a rare status": f"{listed}?status=timeout",
        "runs, no match": f"{listed}?status=cancelled",
        "runs, a name": f"{listed}?q=iterators",
        "runs, three filters": f"{listed}?track=language&status=passed&source=own",
        "runs of last year": f"{listed}?year={time.gmtime().tm_year - 1}",
        "runs of last year, no match": f"{listed}?year={time.gmtime().tm_year - 1}&status=error",
    }


def page(client: Client, name: str, path: str, repeat: int) -> dict[str, Any]:
    """Seconds of `repeat` requests, after two that are not counted; `processor` are of its own alone.

    `p95` and `processor` are 95th percentiles.
    """
    with CaptureQueriesContext(connection) as queries:
        ask(client, path)
        count = len(queries)  # the log is emptied at the next request
    ask(client, path)
    asked = [ask(client, path) for _ in range(repeat)]
    seconds, own = (sorted(values) for values in zip(*asked, strict=True))
    late = min(int(0.95 * repeat), repeat - 1)
    return {
        "page": name,
        "queries": count,
        "median": statistics.median(seconds),
        "p95": seconds[late],
        "processor": own[late],
    }


def ask(client: Client, path: str) -> tuple[float, float]:
    """Seconds of one request, and those of the processor in this process."""
    start, own = time.perf_counter(), time.process_time()
    response = client.get(path)
    seconds = time.perf_counter() - start, time.process_time() - own
    if response.status_code != 200:
        raise SystemExit(f"{path} gave {response.status_code}.")
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
