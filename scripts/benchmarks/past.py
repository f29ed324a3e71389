"""A process of its own: the database of a workspace that was used, five runs a kata, half passed."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the set-up
from django.utils import timezone  # noqa: E402

from core import catalogue, models, runs  # noqa: E402
from core.verdict import Status  # noqa: E402

RUNS = 5
SIZE = 3000  # characters of a usual verdict as JSON


def main() -> None:
    call_command("migrate", verbosity=0)
    katas = catalogue.catalogue().katas
    runs.sync(katas)
    learner, now = runs.local_learner(), timezone.now()
    made = models.Run.objects.bulk_create(
        models.Run(
            kata_id=kata.uuid,
            learner=learner,
            source="exercise",
            status=Status.PASSED if number == RUNS - 1 and place % 2 else Status.FAILED,
            cases=9,
            duration=0.1,
            started_at=now,
        )
        for place, kata in enumerate(katas)
        for number in range(RUNS)
    )
    models.Judgement.objects.bulk_create(
        models.Judgement(run=run, verdict={"output": "x" * SIZE}) for run in made
    )
    models.Standing.objects.bulk_create(
        models.Standing(
            kata_id=kata.uuid,
            learner=learner,
            status=Status.PASSED if place % 2 else Status.FAILED,
            last_at=now,
            runs=RUNS,
            passes=place % 2,
        )
        for place, kata in enumerate(katas)
    )


main()
