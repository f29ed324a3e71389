"""A lab as a person opens it: a process of its own, on a kata that the test may edit."""

import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import database
from tests.cockpit.verdicts import copy_kata
from tests.conftest import ROOT, unavailable, wait_for
from tests.lab.http import Answer, asked

TOML = """
uuid = "{uuid}"
title = "{slug}"
level = 1
tasks = ["One"]
edit = ["{edit}"]
{more}
"""


def write_kata(
    root: Path, slug: str, edit: str = "exercise.py", more: str = "", **files: str
) -> Path:
    """A kata of these modules in the track `labs` of a root; its folder."""
    folder = root / "labs" / slug
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    text = TOML.format(uuid=uuid.uuid4(), slug=slug, edit=edit, more=more)
    (folder / "kata.toml").write_text(text)
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return folder


@dataclass
class Lab:
    process: "subprocess.Popen[str]"
    said: Path  # what its terminal shows
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.said.read_text()

    @property
    def link(self) -> str:
        return re.search(r"http://\S+/enter/\S+/", self.words)[0]

    @property
    def address(self) -> str:
        return self.link.split("/enter/")[0]

    def get(self, path: str, **headers: str) -> Answer:
        """As a browser that has followed the link."""
        if not self.cookies:
            self.cookies |= asked("GET", self.link).cookies
        return asked("GET", self.address + path, cookies=self.cookies, headers=headers)

    def post(self, path: str, **data: str) -> Answer:
        self.get("/lab/")
        name = next(each for each in self.cookies if each.startswith("lab_"))
        token = "f" * 32  # a browser's comes with the first form
        own = self.cookies | {f"{name.removesuffix('_look')}_csrf": token}
        where = self.address + path
        return asked("POST", where, cookies=own, headers={"X-CSRFToken": token}, data=data)

    def shows(self, path: str, words: str, seconds: float = 60) -> Answer:
        """The page, once it says this: a save is on its way."""
        found: list[Answer] = []

        def says() -> bool:
            found.append(self.get(path))
            return words in found[-1].text

        wait_for(says, seconds)
        return found[-1]

    def servers(self) -> list[str]:
        """Processes that serve, or wait to."""
        listed = ["pgrep", "-f", rf"core\.lab\.server [0-9]+ [0-9]+ {self.process.pid}$"]
        return subprocess.run(listed, capture_output=True, text=True).stdout.split()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def root(tmp_path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def on_disk(state: Path, free: int | None) -> list[str]:
    """A command in front of another: the state is copied to a small disk, in a mount namespace."""
    if free is None:
        return []
    own = ["unshare", "-m" if os.geteuid() == 0 else "-rm"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
        unavailable(f"a mount namespace: `{' '.join(own)} true` fails here")
    used = sum(path.stat().st_size for path in state.rglob("*")) // 1024
    script = (
        'cp -r "$1" "$1.kept"; mount -t tmpfs -o size=$2k kata "$1" && cp -r "$1.kept/." "$1"; '
    )
    script += 'shift 2; exec "$@"'
    return [*own, "sh", "-c", script, "sh", str(state), str(used + free)]


@pytest.fixture
def start_lab(root, state, tmp_path):
    """Start `manage.py kata SLUG --lab` (or other flags), and wait until it answers."""
    with starting(root, state, tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def shared_labs(tmp_path_factory, migrated):
    """Labs for tests that only look: on `joined`, a copy of select_related, and on `plain`."""
    folder = tmp_path_factory.mktemp("shared")
    root = folder / "copies"
    copy_kata(root, "joined")
    lab = "from . import exercise\n\ncalls = {'one()': lambda: exercise.one()}\n"
    one = "def one():\n    return 1\n"
    write_kata(root, "plain", more='database = "none"', exercise=one, lab=lab)
    with starting(root, database.copy(migrated, folder / "state"), folder) as start:
        yield functools.cache(start)


@contextlib.contextmanager
def starting(root: Path, state: Path, folder: Path) -> Iterator[Callable[..., Lab]]:
    """A way to start labs on the katas of this root; all of them end with the block."""
    labs: list[Lab] = []
    environment = os.environ | {
        **database.workspace(state),
        "KATA_PATH": str(root),
        "KATA_SERVER": "0",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def start(
        slug: str, *flags: str, free: int | None = None, terminal: int = subprocess.DEVNULL
    ) -> Lab:
        """With `free`, its state is on a disk with so many KiB left."""
        said = folder / f"said-{len(labs)}"
        with said.open("w") as output:
            process = subprocess.Popen(
                [
                    *on_disk(state, free),
                    sys.executable,
                    "manage.py",
                    "kata",
                    slug,
                    *(flags or ["--lab"]),
                ],
                cwd=ROOT,
                env=environment,
                stdin=terminal,
                stdout=output,
                stderr=output,
            )
        lab = Lab(process, said)
        labs.append(lab)
        wait_for(lambda: "Ctrl-C ends it" in lab.words or process.poll() is not None, 90)
        return lab

    try:
        yield start
    finally:
        for lab in labs:
            lab.stop()
    assert [lab.servers() for lab in labs if lab.servers()] == []
