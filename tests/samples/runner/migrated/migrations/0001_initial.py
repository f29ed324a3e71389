from django.db import migrations, models


def fill(apps, schema_editor):
    apps.get_model("migrated", "Tea").objects.create(name="Assam")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Tea",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
            ],
        ),
        migrations.RunPython(fill),
    ]
