import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate


def fill(apps, schema_editor):
    """The days of the runs that were made before there were days."""
    runs = apps.get_model("core", "Run").objects.filter(
        duration__isnull=False, started_at__isnull=False
    )
    own = Q(source="exercise")
    days = (
        runs.annotate(date=TruncDate("started_at"))
        .values("learner_id", "date")
        .annotate(
            runs=Count("pk", filter=own),
            passes=Count("pk", filter=own & Q(status="passed")),
            first=Min("pk"),
            last=Max("pk"),
        )
        .order_by("date")
    )
    day = apps.get_model("core", "Day")
    day.objects.bulk_create([day(**values) for values in days], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_remove_run_verdict"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Day",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                (
                    "runs",
                    models.PositiveIntegerField(default=0, help_text="Of the learner's own file."),
                ),
                ("passes", models.PositiveIntegerField(default=0, help_text="Of these.")),
                (
                    "first",
                    models.PositiveBigIntegerField(
                        help_text="The lowest number of a run started that day."
                    ),
                ),
                ("last", models.PositiveBigIntegerField(help_text="The highest.")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["learner", "date"], name="day_once")
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
