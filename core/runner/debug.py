"""A run in place: the learner's own files, this terminal, no limits, so that breakpoints hit."""

import os
import secrets
import subprocess
import sys
import tempfile

from core.kata import Kata
from core.runner.folder import run_folder
from core.runner.job import Job, job_of
from core.source import read_source
from core.state import ROOT


def debug(kata: Kata, source: str = "exercise", *, seed: int | None = None) -> int:
    """Run pytest on the kata with this terminal attached; its exit status.

    The learner's own source runs where it lies; another one in a run folder, as in a judged run.
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    if source == "exercise":
        with tempfile.TemporaryDirectory(prefix="kata-") as scratch:
            return _attached(_job(kata, str(kata.root.parent), seed), scratch)
    with run_folder(kata, read_source(kata, source)) as folder:
        return _attached(_job(kata, str(folder.path), seed), str(folder.path))


def _job(kata: Kata, path: str, seed: int) -> Job:
    return job_of(kata, mode="debug", path=path, database=kata.databases[0], seed=seed)


def _attached(job: Job, scratch: str) -> int:
    command = [sys.executable, "-m", "core.runner.child", job.to_json()]
    environment = os.environ | {
        "TMPDIR": scratch,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
