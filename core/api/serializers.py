"""Katas, runs and progress as JSON, and what is asked for as it comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from core import catalogue, models, runs
from core.documents import read
from core.errors import KataError
from core.kata import DATABASES, NEEDS, Kata
from core.queue import progress
from core.source import author_sources

MOST_KATAS = 100  # of one request
CASES = ("running", "passed", "failed", "error")  # of a case that is not in a verdict yet
STATES = ("new", "begun", "passed")  # of a kata: begun is run and not passed yet


@dataclass(frozen=True)
class Standed:
    """A kata, and how whoever asks stands with it: None where they never ran it."""

    kata: Kata
    standing: models.Standing | None

    @property
    def slug(self) -> str:
        return self.kata.slug

    @property
    def state(self) -> str:
        if self.standing is None:
            return "new"
        return "passed" if self.standing.passes else "begun"


class StandingSerializer(serializers.ModelSerializer[models.Standing]):
    """The runs of the learner's own file, summed up; `status` is of the last one."""

    class Meta:
        model = models.Standing
        fields = ("status", "runs", "passes", "passed_at", "last", "last_at", "best")
        read_only_fields = fields


class KataSerializer(serializers.Serializer[Standed]):
    slug = serializers.CharField()
    url = serializers.HyperlinkedIdentityField(
        view_name="api:kata", lookup_field="slug", read_only=True
    )
    uuid = serializers.UUIDField(source="kata.uuid")
    title = serializers.CharField(source="kata.title")
    track = serializers.CharField(source="kata.track")
    level = serializers.IntegerField(source="kata.level", min_value=1, max_value=4)
    topics = serializers.ListField(source="kata.topics", child=serializers.CharField())
    needs = serializers.ListField(source="kata.needs", child=serializers.ChoiceField(NEEDS))
    state = serializers.ChoiceField(STATES, help_text="begun: run, and not passed yet.")
    standing = StandingSerializer(allow_null=True)


class KatasSerializer(serializers.Serializer[Any]):
    """Katas in reading order. `problems` are folders that do not read, each with its fix."""

    katas = KataSerializer(many=True)
    problems = serializers.ListField(child=serializers.CharField())


class TaskSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()


class LimitsSerializer(serializers.Serializer[Any]):
    """What one run may use."""

    seconds = serializers.FloatField()
    cpu_seconds = serializers.FloatField()
    memory_mb = serializers.FloatField()
    output_kb = serializers.FloatField()
    processes = serializers.FloatField()


class WholeKataSerializer(KataSerializer):
    after = serializers.ListField(source="kata.after", child=serializers.CharField())
    edit = serializers.ListField(source="kata.edit", child=serializers.CharField())
    databases = serializers.ListField(
        source="kata.databases", child=serializers.ChoiceField(DATABASES)
    )
    limits = LimitsSerializer(source="kata.limits")
    tasks = serializers.SerializerMethodField()
    brief = serializers.SerializerMethodField(help_text="Markdown; null: the kata has none.")
    hints = serializers.HyperlinkedIdentityField(
        view_name="api:hints", lookup_field="slug", read_only=True
    )

    @extend_schema_field(TaskSerializer(many=True))
    def get_tasks(self, standed: Standed) -> list[dict[str, Any]]:
        titles = standed.kata.tasks
        return [{"number": number, "title": title} for number, title in enumerate(titles, 1)]

    def get_brief(self, standed: Standed) -> str | None:
        has = (standed.kata.folder / "README.md").exists()
        return read(standed.kata, "README.md") if has else None


class KataQuerySerializer(serializers.Serializer[Any]):
    """Which katas a list holds."""

    track = serializers.CharField(required=False, max_length=100)
    level = serializers.IntegerField(required=False, min_value=1, max_value=4)
    status = serializers.ChoiceField(STATES, required=False)
    needs = serializers.ChoiceField(
        (*NEEDS, "none"), required=False, help_text="A server; none: those that need none."
    )
    search = serializers.CharField(
        required=False, max_length=200, help_text="Words that title, slug or topics all hold."
    )


class RunSerializer(serializers.ModelSerializer[models.Run]):
    """One run; what came of it is null while it is open. `batch` holds runs asked for at once."""

    url = serializers.HyperlinkedIdentityField(view_name="api:run", read_only=True)
    kata = serializers.CharField(source="kata.slug")
    track = serializers.CharField(source="kata.track")
    checksum = serializers.CharField(
        source="snapshot_id", allow_null=True, help_text="Of the files that were judged."
    )
    verdict = serializers.SerializerMethodField(help_text="Where it is; null: there is none.")

    class Meta:
        model = models.Run
        fields: tuple[str, ...] = (
            *("id", "url", "kata", "track", "source", "status", "passed", "cases"),
            *("queries", "budget", "seed", "checksum", "batch", "attempt", "wait", "duration"),
            *("queued_at", "started_at", "verdict"),
        )
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_verdict(self, run: models.Run) -> str | None:
        if run.status in (*run.OPEN, run.Result.CANCELLED):
            return None
        return reverse("api:verdict", [run.pk], request=self.context["request"])


class CaseSoFarSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    status = serializers.ChoiceField(CASES)


class RunProgressSerializer(serializers.Serializer[Any]):
    """How far a run is; `expected` is 0 while that is unknown."""

    expected = serializers.IntegerField()
    done = serializers.IntegerField()
    cases = CaseSoFarSerializer(many=True)


class WholeRunSerializer(RunSerializer):
    progress = serializers.SerializerMethodField(help_text="While the run is open, else null.")

    class Meta(RunSerializer.Meta):
        fields = (*RunSerializer.Meta.fields, "progress")
        read_only_fields = fields

    @extend_schema_field(RunProgressSerializer(allow_null=True))
    def get_progress(self, run: models.Run) -> dict[str, Any] | None:
        if run.status not in run.OPEN:
            return None
        so_far: dict[str, Any] = RunProgressSerializer(progress(run)).data
        return so_far


class WantedSerializer(serializers.Serializer[Any]):
    """Runs to ask for: one of each kata."""

    katas = serializers.ListField(
        child=serializers.CharField(max_length=100), min_length=1, max_length=MOST_KATAS
    )
    source = serializers.CharField(  # type: ignore[assignment]
        default=runs.OWN, max_length=500, help_text="exercise, or one of the author's."
    )

    def validate_katas(self, slugs: Sequence[str]) -> list[Kata]:
        found: list[Kata] = []
        wrong: dict[str, list[str]] = {}
        for number, slug in enumerate(slugs):
            if slug in slugs[:number]:
                wrong[str(number)] = [f"{slug!r} stands there twice."]
                continue
            try:
                found.append(catalogue.get(slug))
            except KataError as error:
                wrong[str(number)] = [f"{error.message} {error.hint}".strip()]
        if wrong:
            raise serializers.ValidationError(wrong)
        return found

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        for kata in wanted["katas"]:
            known = (runs.OWN, *author_sources(kata))
            if wanted["source"] not in known:
                words = (
                    f"{kata.slug} has no source {wanted['source']!r}; it has {', '.join(known)}."
                )
                raise serializers.ValidationError({"source": [words]})
        return wanted


class QueuedSerializer(serializers.Serializer[Any]):
    """Runs that were asked for at once; `url` is where to follow them: the run, or the list of the batch."""

    batch = serializers.IntegerField()
    url = serializers.URLField()
    runs = RunSerializer(many=True)


class TrackSerializer(serializers.Serializer[Any]):
    track = serializers.CharField()
    katas = serializers.IntegerField()
    passed = serializers.IntegerField()
    next = serializers.CharField(allow_null=True, help_text="The first kata not passed.")


class ProgressSerializer(serializers.Serializer[Any]):
    katas = serializers.IntegerField()
    passed = serializers.IntegerField()
    path = serializers.CharField(allow_null=True, help_text="The one that is followed.")
    next = serializers.CharField(allow_null=True, help_text="What to do next, of path or tracks.")
    tracks = TrackSerializer(many=True)


class DueSerializer(serializers.Serializer[Any]):
    """A card that is due, or a graded repeat that is open; question 0 is the kata itself."""

    kata = serializers.CharField(source="slug")
    url = serializers.HyperlinkedIdentityField(
        view_name="api:kata", lookup_field="slug", read_only=True
    )
    title = serializers.CharField()
    question = serializers.IntegerField()
    due = serializers.DateTimeField(source="at", allow_null=True)
    repeated = serializers.BooleanField(help_text="A graded repeat is open.")
    planned = serializers.BooleanField(help_text="Marked for practice, and not passed yet.")


class PracticeSerializer(serializers.Serializer[Any]):
    """What is due today: planned katas, then the longest waiting; and when the next is."""

    due = DueSerializer(many=True)
    coming = serializers.DateTimeField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    runs = serializers.IntegerField(help_text="Of your own files.")
    passes = serializers.IntegerField(help_text="Of these.")
    reviews = serializers.IntegerField(help_text="Grades of katas and questions.")


class HintSerializer(serializers.Serializer[Any]):
    """The steps of one task's hint that were shown, and how many are left."""

    task = serializers.IntegerField()
    title = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField(), help_text="Markdown.")
    left = serializers.IntegerField()


class WantedHintSerializer(serializers.Serializer[Any]):
    task = serializers.IntegerField(min_value=1, max_value=99)
