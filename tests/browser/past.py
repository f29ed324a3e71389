"""In a process, on a migrated state of its own: runs of a kata, cards, a session; prints its key."""

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from core import catalogue, runs  # noqa: E402
from core.practice import cards, grading  # noqa: E402
from core.source import Source  # noqa: E402
from tests.cockpit.verdicts import verdict  # noqa: E402


def main() -> None:
    kata = catalogue.get("joined")
    for status, code in (("failed", "x = 1\n"), ("error", "x =\n"), ("passed", "x = 2\n")):
        made = verdict(kata, status, queries=1 if status == "passed" else 41, output="printed\n")
        files = Source(made.source, kata.folder, {"exercise.py": code.encode()})
        grading.store(made, files, kata=kata)
    planned = runs.row(catalogue.get("iterators"))
    cards.mark([kata.uuid, str(planned.pk)])
    learner = runs.local_learner()
    session = SessionStore()
    session[SESSION_KEY] = str(learner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = learner.get_session_auth_hash()
    session.save()
    print(session.session_key)  # noqa: T201 - what the tests read


main()
