import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, wait_for
from tests.worker.workspace import Workspace


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """The tables of a new workspace, made once."""
    state = tmp_path_factory.mktemp("state")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=os.environ | {"KATA_STATE": str(state)},
        check=True,
    )
    return state / "workspace.sqlite3"


@pytest.fixture
def workspace(tmp_path, database):
    """At the end nothing that it started is there."""
    workspace = Workspace(tmp_path, database)
    try:
        yield workspace
    finally:
        workspace.close()
    wait_for(lambda: workspace.left() == [])
    assert list(workspace.temporary.glob("kata-*")) == []  # pymp-* is what billiard leaves, killed
