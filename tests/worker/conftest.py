import pytest

from tests.conftest import wait_for
from tests.worker.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, state):
    """At the end nothing that it started is there."""
    workspace = Workspace(tmp_path, state)
    try:
        yield workspace
    finally:
        workspace.close()
    wait_for(lambda: workspace.left() == [])
    assert list(workspace.temporary.glob("kata-*")) == []  # pymp-* is what billiard leaves, killed
