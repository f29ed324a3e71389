"""Eight workers, a thread each, that all want the same runs; counts who took and who concluded them."""

import json
import sys
import threading
from collections import Counter

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from core import catalogue, queue, runs  # noqa: E402
from core.models import Judgement, Review, Run, Standing  # noqa: E402
from core.verdict import Case, Status, Verdict  # noqa: E402

WORKERS, RUNS = 8, 25
KATA = catalogue.get("iterators")
CASES = (Case("One::test", 1, Status.PASSED),)
VERDICT = Verdict(KATA.slug, KATA.uuid, "exercise", "", Status.PASSED, 7, (), CASES, duration=0.1)

call_command("migrate", verbosity=0)
batch = queue.enqueue([KATA] * RUNS, learner=runs.local_learner())
numbers = list(batch.runs.values_list("pk", flat=True))
start = threading.Barrier(WORKERS)
claims: list[int] = []
verdicts: list[int] = []


def work() -> None:
    start.wait()
    for number in numbers:
        if queue.claim(number):
            claims.append(number)
        seen = Run.objects.select_related("kata").get(pk=number)  # also by those who lost
        if queue.commit(seen, VERDICT, None, kata=KATA):
            verdicts.append(number)
    connections.close_all()


threads = [threading.Thread(target=work) for _ in range(WORKERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
found = {
    "claims": sorted(Counter(claims).values()),
    "verdicts": sorted(Counter(verdicts).values()),
    "stored": Judgement.objects.count(),
    "graded": Review.objects.filter(card__heading="").count(),
    "standing": Standing.objects.values_list("runs", "passes").get(),
    "passed": Run.objects.filter(status="passed", attempt=1).count(),
}
sys.stdout.write(json.dumps(found))
connections.close_all()
