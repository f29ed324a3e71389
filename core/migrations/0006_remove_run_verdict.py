from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_move_verdicts")]
    operations = [
        migrations.AlterField("run", "verdict", models.JSONField(null=True)),  # for the way back
        migrations.RemoveField("run", "verdict"),
    ]
