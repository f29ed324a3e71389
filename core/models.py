"""What the workspace remembers: katas by uuid, runs with what they judged, help that was taken."""

import uuid

from django.conf import settings
from django.db import models

from core.verdict import Status


class Kata(models.Model):
    """A kata that was met: made from its folder, and kept when the folder moves or goes."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.CharField(max_length=100)
    track = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.slug


class Snapshot(models.Model):
    """The files of one source, once a checksum: path → text, or base64 where it is not UTF-8."""

    checksum = models.CharField(max_length=64, primary_key=True)
    files = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.checksum[:12]


class Run(models.Model):
    """One verdict of one learner. Written once, by `core.runs.store`."""

    class Result(models.TextChoices):
        PASSED = Status.PASSED.value
        FAILED = Status.FAILED.value
        ERROR = Status.ERROR.value
        TIMEOUT = Status.TIMEOUT.value
        UNAVAILABLE = Status.UNAVAILABLE.value

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="runs")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="runs")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs", null=True)
    source = models.CharField(max_length=500)
    status = models.CharField(max_length=12, choices=Result)
    passed = models.PositiveSmallIntegerField(help_text="Cases that passed.")
    cases = models.PositiveSmallIntegerField()
    duration = models.FloatField(help_text="Seconds.")
    verdict = models.JSONField()
    started_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["learner", "kata", "-id"], name="run_by_learner_and_kata"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class Prediction(models.Model):
    """How many queries a learner expected of a call before the first run; empty when they skipped."""

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="predictions")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="predictions"
    )
    call = models.CharField(max_length=500)
    queries = models.PositiveIntegerField(null=True)
    measured = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kata", "learner"], name="prediction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.queries}"


class Help(models.Model):
    """A hint that was shown, or a solution that was given up for: it weighs when a pass is graded."""

    class Kind(models.TextChoices):
        HINT = "hint"
        GAVE_UP = "gave_up"

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="help")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="help")
    kind = models.CharField(max_length=10, choices=Kind)
    task = models.PositiveSmallIntegerField(default=0)
    step = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "help"
        constraints = [
            models.UniqueConstraint(
                fields=["kata", "learner", "kind", "task", "step"], name="help_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.task}.{self.step}"
