"""The path that a learner follows, remembered until they choose another."""

from django.contrib.auth.models import User

from core import paths
from core.errors import KataError
from core.models import Following
from core.paths import KataPath
from core.runs import local_learner, whose


def followed(learner: User | None = None) -> KataPath | None:
    """None also where its file has gone or does not read: `kata --path` says so. One query."""
    name = Following.objects.filter(**whose(learner)).values_list("path", flat=True).first()
    try:
        return paths.get(name) if name else None
    except KataError:
        return None  # whoever only asks what is next need not know


def follow(name: str, learner: User | None = None) -> KataPath | None:
    """Follow the path of that name, or none; KataError for a name that is not one."""
    learner = learner or local_learner()
    if name == paths.NONE:
        Following.objects.filter(learner=learner).delete()
        return None
    path = paths.get(name)
    Following.objects.update_or_create(learner=learner, defaults={"path": name})
    return path
