from django.db import migrations
from django.db.models import Count, Max, Min, Q


def move(apps, schema_editor):
    """Verdicts to their own table, and how each learner stands from the runs there are."""
    Run = apps.get_model("core", "Run")
    Judgement = apps.get_model("core", "Judgement")
    Standing = apps.get_model("core", "Standing")
    verdicts = Run.objects.values_list("pk", "verdict").iterator(chunk_size=500)
    Judgement.objects.bulk_create(
        (Judgement(run_id=pk, verdict=verdict) for pk, verdict in verdicts), batch_size=500
    )
    own, passed = Q(source="exercise"), Q(source="exercise", status="passed")
    sums = (
        Run.objects.filter(own)
        .values("kata", "learner")
        .annotate(
            newest=Max("pk"),
            ran=Count("pk"),
            passes=Count("pk", filter=passed),
            passed_at=Min("started_at", filter=passed),
            best=Min("duration", filter=passed),
        )
    )
    newest = Run.objects.in_bulk([each["newest"] for each in sums])
    Standing.objects.bulk_create(
        Standing(
            kata_id=each["kata"],
            learner_id=each["learner"],
            last_id=each["newest"],
            status=newest[each["newest"]].status,
            last_at=newest[each["newest"]].started_at,
            runs=each["ran"],
            passes=each["passes"],
            passed_at=each["passed_at"],
            best=each["best"],
        )
        for each in sums
    )


def move_back(apps, schema_editor):
    Run = apps.get_model("core", "Run")
    Judgement = apps.get_model("core", "Judgement")
    for each in Judgement.objects.iterator(chunk_size=500):
        Run.objects.filter(pk=each.run_id).update(verdict=each.verdict)
    Judgement.objects.all().delete()
    apps.get_model("core", "Standing").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0004_queued_runs_and_standings")]
    operations = [migrations.RunPython(move, move_back)]
