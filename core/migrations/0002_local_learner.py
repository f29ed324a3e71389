from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import migrations


def make_learner(apps, schema_editor):
    """Who works on this machine. No password: one is set with `manage.py changepassword learner`."""
    User = apps.get_model(settings.AUTH_USER_MODEL)
    User.objects.get_or_create(
        username="learner",
        defaults={"is_staff": True, "is_superuser": True, "password": make_password(None)},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(make_learner, migrations.RunPython.noop)]
