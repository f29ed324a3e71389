"""`kata NAME --shell`: IPython in a process with the lab's set-up, on data of its own."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.errors import KataError
from core.kata import Kata
from core.lab.given import given
from core.needs.lease import holding
from core.runner.job import Job, job_from_json
from core.state import ROOT

HIDDEN = ("silk", "admin")  # apps whose models stay out: Silk's Request is not yours


def shell(kata: Kata, code: str | None = None) -> int:
    """A shell at this terminal, or `code` run in one; its exit status. Its data ends with it."""
    try:
        temporary = tempfile.TemporaryDirectory(prefix="kata-shell-")
    except OSError as error:
        raise KataError(f"No folder for the shell's data can be made: {error}.") from error
    with temporary as place, holding(), given(kata) as job:
        command = [sys.executable, "-m", "core.lab.shell", job.to_json(), place]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the shell's
        try:
            return subprocess.run(  # noqa: S603 - our own interpreter and module
                [*command, json.dumps(code)],
                env=os.environ | {"PYTHONPATH": str(ROOT)} | job.environment,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                check=False,
            ).returncode
        finally:
            signal.signal(signal.SIGINT, before)


def main(job: Job, place: Path, code: str | None) -> None:
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    sys.dont_write_bytecode = True
    from core.lab.bench import BENCH
    from core.lab.server import set_up
    from core.runner.problem import problem_of

    modules = modules_of(job)
    try:
        set_up(job, place, secrets.token_urlsafe(32), shell_plus(job, modules))
        BENCH.open(job, 0, [job.database])
    except Exception as error:  # noqa: BLE001 - the learner's modules are imported here
        problem = problem_of(error, job)
        where = "".join(f"{each['path']}:{each['line']}: " for each in problem["lines"][-1:])
        sys.exit(f"{where}{problem['kind']}: {problem['message']}")
    from django.core.management import call_command

    call_command("shell_plus", *(["--ipython"] if code is None else ["--command", code]))


def modules_of(job: Job) -> list[str]:
    """The learner's modules, and the lab, as they are imported into the shell."""
    edited = [name.removesuffix(".py") for name in job.edit if name.endswith(".py")]
    wanted = [*edited, "lab"] if (Path(job.folder) / "lab.py").exists() else edited
    return [name for name in wanted if "/" not in name]


def shell_plus(job: Job, modules: list[str]) -> dict[str, Any]:
    """Settings of django-extensions: what is imported, and that a save is seen."""
    reload = ["%autoreload 2", f"%aimport -{job.package}.models"]  # models are made once
    imports = [f"from {job.package} import {name}" for name in modules]
    imports += [f"from {job.package}.{name} import *" for name in modules if name != "lab"]
    return {
        "SHELL_PLUS_PRINT_SQL": True,
        "SHELL_PLUS_DONT_LOAD": list(HIDDEN),
        "SHELL_PLUS_IMPORTS": imports,
        "IPYTHON_ARGUMENTS": [
            "--no-banner",
            "--ext=autoreload",
            *(f"--InteractiveShellApp.exec_lines={line}" for line in reload),
        ],
    }


if __name__ == "__main__":
    main(job_from_json(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
