"""Of many that want a run at once one takes it and one concludes it, on both kinds of database."""

import json
import os
import subprocess
import sys

import pytest

from core.needs.lease import Unavailable, lease
from tests.conftest import ROOT, in_ci, unavailable


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=in_ci("five seconds"))])
def environment(request, state):
    own = {"KATA_STATE": str(state), "DJANGO_SETTINGS_MODULE": "core.settings"}
    if request.param == "sqlite":
        yield own | {"DATABASE_URL": ""}
        return
    try:
        held = lease("postgres", apps=None)
    except Unavailable as error:
        unavailable(str(error))
    yield own | {
        "RACE_URL": held.environment["POSTGRES_URL"],
        "DJANGO_SETTINGS_MODULE": "tests.queue.on_postgres",
    }
    held.close()


def test_one_claim_one_verdict_one_run_in_the_standing(environment, server):
    done = subprocess.run(
        [sys.executable, "-m", "tests.queue.race"],
        cwd=ROOT,
        env=os.environ | environment | {"KATA_REDIS_URL": server.url},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "claims": [1] * 25,
        "verdicts": [1] * 25,
        "stored": 25,
        "graded": 1,
        "standing": [25, 25],
        "passed": 25,
    }
