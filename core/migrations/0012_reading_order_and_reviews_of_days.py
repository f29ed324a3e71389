from collections import Counter

from django.db import migrations, models
from django.db.models.functions import TruncDate

from core.catalogue import TRACKS


def place(apps, schema_editor):
    """The tracks of katas as they are read; the next look at the folders knows their order too."""
    katas = apps.get_model("core", "Kata").objects
    for number, track in enumerate(TRACKS):
        katas.filter(track=track).update(track_place=number)
    katas.exclude(track__in=TRACKS).update(track_place=len(TRACKS))


def count(apps, schema_editor):
    """The grades that were given before days counted them."""
    reviews = apps.get_model("core", "Review").objects.annotate(date=TruncDate("at"))
    day = apps.get_model("core", "Day").objects
    held = Counter(reviews.values_list("card__learner_id", "date"))
    for (learner, date), number in sorted(held.items()):
        day.update_or_create(learner_id=learner, date=date, defaults={"reviews": number})


class Migration(migrations.Migration):
    dependencies = [("core", "0011_open_runs_by_status")]

    operations = [
        migrations.AddField(
            "kata",
            "track_place",
            models.PositiveSmallIntegerField(default=0, help_text="Of its track among all."),
        ),
        migrations.AddField(
            "kata",
            "order",
            models.PositiveIntegerField(default=0, help_text="Its place within the track."),
        ),
        migrations.AddField(
            "day",
            "reviews",
            models.PositiveIntegerField(default=0, help_text="Grades of katas and questions."),
        ),
        migrations.AlterField(
            "day",
            "first",
            models.PositiveBigIntegerField(
                null=True, help_text="The lowest number of a run started that day."
            ),
        ),
        migrations.AlterField(
            "day",
            "last",
            models.PositiveBigIntegerField(null=True, help_text="The highest."),
        ),
        migrations.RunPython(place, migrations.RunPython.noop),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
