"""What the workspace remembers: katas by uuid, runs with what they judged, help that was taken."""

import uuid

from django.conf import settings
from django.db import models

from core.fields import WrittenJSONField
from core.verdict import Status


class Kata(models.Model):
    """A kata that was met: made from its folder, and kept when the folder moves or goes."""

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.CharField(max_length=100)
    track = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()
    track_place = models.PositiveSmallIntegerField(default=0, help_text="Of its track among all.")
    order = models.PositiveIntegerField(default=0, help_text="Its place within the track.")

    # As `core.catalogue` orders them, so that a list need not read the folders for it.
    READING_ORDER = ("track_place", "track", "order", "level", "slug")

    def __str__(self) -> str:
        return self.slug


class Snapshot(models.Model):
    """The files of one source, once a checksum: path → text, or base64 where it is none."""

    checksum = models.CharField(max_length=64, primary_key=True)
    files = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.checksum[:12]


class Batch(models.Model):
    """Runs that were asked for at once: followed and cancelled together."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="batches")
    made_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"Batch {self.pk}"


class Run(models.Model):
    """One run of one learner: asked for, carried out, and what came of it.

    A run from the terminal is written once, with its verdict. One from the browser is queued first;
    `attempt` and `lease_until` say which worker may still write its verdict.
    """

    class Result(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        CANCELLED = "cancelled"
        PASSED = Status.PASSED.value
        FAILED = Status.FAILED.value
        ERROR = Status.ERROR.value
        TIMEOUT = Status.TIMEOUT.value
        UNAVAILABLE = Status.UNAVAILABLE.value

    OPEN = (Result.QUEUED, Result.RUNNING)

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="runs")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="runs")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="runs", null=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs", null=True)
    source = models.CharField(max_length=500)
    seed = models.PositiveBigIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Result)
    passed = models.PositiveSmallIntegerField(default=0, help_text="Cases that passed.")
    cases = models.PositiveSmallIntegerField(default=0)
    queries = models.PositiveIntegerField(null=True, help_text="Of the call nearest its budget.")
    budget = models.PositiveIntegerField(null=True)
    wait = models.FloatField(null=True, help_text="Seconds in the queue.")
    duration = models.FloatField(null=True, help_text="Seconds.")
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["learner", "kata", "-id"], name="run_by_learner_and_kata"),
            models.Index(fields=["learner", "-id"], name="run_by_learner"),
            models.Index(fields=["learner", "status", "-id"], name="run_by_status"),
            models.Index(fields=["learner", "kata", "-started_at", "-id"], name="run_by_kata_time"),
            models.Index(fields=["learner", "-started_at", "-id"], name="run_by_time"),
            # Open runs hold a lease, or a time to be taken by. Not by their status in the condition:
            # SQLite compares that with no parameter of a query.
            models.Index(
                fields=["status", "id"],
                condition=models.Q(lease_until__isnull=False),
                name="run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class Judgement(models.Model):
    """The whole verdict of a run, apart from it: lists of runs stay quick however long verdicts are."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="judgement")
    verdict = WrittenJSONField()

    def __str__(self) -> str:
        return f"Verdict of run {self.run_id}"


class Standing(models.Model):
    """How a learner stands with a kata: a sum over the runs of their own file, kept by `core.standings`.

    So what the front page shows costs the same after ten runs as after a million.
    """

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="standings")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="standings")
    last = models.ForeignKey(Run, models.SET_NULL, related_name="+", null=True)
    status = models.CharField(max_length=12, choices=Run.Result)
    last_at = models.DateTimeField()
    runs = models.PositiveIntegerField(default=0)
    passes = models.PositiveIntegerField(default=0)
    passed_at = models.DateTimeField(null=True, help_text="The first pass.")
    best = models.FloatField(null=True, help_text="Seconds of the quickest pass.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "kata"], name="standing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kata_id}: {self.status}"


class Day(models.Model):
    """A day on which a learner practised: sums, and the first and last run that came to a verdict.

    So the calendar costs the same after ten runs as after a million, and a date leads to its runs.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="days")
    date = models.DateField()
    runs = models.PositiveIntegerField(default=0, help_text="Of the learner's own file.")
    passes = models.PositiveIntegerField(default=0, help_text="Of these.")
    reviews = models.PositiveIntegerField(default=0, help_text="Grades of katas and questions.")
    first = models.PositiveBigIntegerField(
        null=True, help_text="The lowest number of a run started that day."
    )
    last = models.PositiveBigIntegerField(null=True, help_text="The highest.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "date"], name="day_once")]

    def __str__(self) -> str:
        return f"{self.date}: {self.runs}"


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


class Card(models.Model):
    """Something that comes again: a kata, or a question of its questions.md. `core.practice` writes it.

    A question is known by its heading, so that edits around it lose nothing; "" is the kata itself.
    """

    kata = models.ForeignKey(Kata, models.CASCADE, related_name="cards")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cards")
    heading = models.CharField(max_length=64, blank=True, help_text="Hash of a question's heading.")
    question = models.PositiveSmallIntegerField(default=0, help_text="Its place; 0 is the kata.")
    due = models.DateTimeField(null=True, help_text="Empty: never graded, or a question that went.")
    state = models.JSONField(null=True, help_text="Of FSRS; empty before the first grade.")
    opened_at = models.DateTimeField(null=True, help_text="Since when the next pass is graded.")
    tries = models.PositiveIntegerField(default=0, help_text="Runs since then that count.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "kata", "heading"], name="card_once"),
        ]
        indexes = [models.Index(fields=["learner", "due"], name="card_by_due")]

    def __str__(self) -> str:
        return f"{self.kata_id}: {self.question or 'kata'}"

    @property
    def repeated(self) -> bool:
        """Whether a graded repeat is open."""
        return self.opened_at is not None and self.state is not None

    @property
    def planned(self) -> bool:
        """Whether it is a kata that was marked for practice before its first grade."""
        return not self.heading and self.state is None and self.due is not None


class Review(models.Model):
    """One grade of a card: a pass that was graded, or a question that was answered."""

    class Rating(models.IntegerChoices):
        AGAIN = 1
        HARD = 2
        GOOD = 3
        EASY = 4

    card = models.ForeignKey(Card, models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField(
        null=True, help_text="From the question, or from --again, to the answer."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "at"], name="review_once")]
        indexes = [models.Index(fields=["at"], name="review_by_time")]

    def __str__(self) -> str:
        return f"{self.get_rating_display()} at {self.at}"


class Following(models.Model):
    """The path that a learner follows; there is no row while they follow none."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="following"
    )
    path = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "following"

    def __str__(self) -> str:
        return self.path
