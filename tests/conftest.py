"""What every test of the workspace shares: a state folder of its own, and the samples' root."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "samples"


@pytest.fixture
def samples(monkeypatch):
    """The sample katas of tests/samples in the catalogue."""
    monkeypatch.setenv("KATA_PATH", str(SAMPLES))
    return SAMPLES


@pytest.fixture
def manage(tmp_path, monkeypatch):
    """Run manage.py as a person does: a process, with a state of its own. (status, stdout, stderr)."""

    def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        environment = os.environ | {
            "KATA_STATE": str(tmp_path / "state"),
            "KATA_PATH": str(SAMPLES),
            "COLUMNS": "80",
            **(env or {}),
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [str(Path(os.sys.executable)), "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run
