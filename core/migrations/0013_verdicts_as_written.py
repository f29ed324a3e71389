from django.db import migrations

import core.fields


def as_written(apps, schema_editor):
    """SQLite keeps JSON as text already: there, every verdict would be copied for nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_judgement ALTER COLUMN verdict TYPE json")


def as_sorted(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_judgement ALTER COLUMN verdict TYPE jsonb")


class Migration(migrations.Migration):
    dependencies = [("core", "0012_reading_order_and_reviews_of_days")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(as_written, as_sorted)],
            [migrations.AlterField("judgement", "verdict", core.fields.WrittenJSONField())],
        ),
    ]
