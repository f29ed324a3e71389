"""A run in place with this terminal attached: no limits, pytest's own words, `breakpoint()` stops."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

from core.kata import Kata
from core.runner.folder import run_folder
from core.source import read_source
from core.state import ROOT


def debug(kata: Kata, source: str = "exercise", *, seed: int | None = None) -> int:
    """Run pytest on the kata as an editor does, see `core.runner.inplace`; its exit status.

    The learner's own source runs where it lies; another one in a run folder, as in a judged run.
    """
    seed = secrets.randbelow(2**31) if seed is None else seed
    if source == "exercise":
        return _attached(kata.root, kata.folder, seed)
    with run_folder(kata, read_source(kata, source)) as folder:
        return _attached(folder.package.parent.parent, folder.package, seed)


def _attached(root: Path, folder: Path, seed: int) -> int:
    configuration = ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={root.parent}"]
    command = [sys.executable, "-m", "pytest", *configuration, "--capture=no", "--tb=short"]
    # A run folder has the shape of any other root of katas.
    environment = os.environ | {"KATA_PATH": str(root), "KATA_SEED": str(seed)}
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, str(folder / "tests.py")], cwd=ROOT, env=environment, check=False
    ).returncode
