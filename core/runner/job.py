"""What a child is told to do, and the frames that it sends back: JSON on both ways.

A frame is one line on a pipe of its own: the run's token, a space, a JSON object. The learner's
code lives in the same process; the token keeps accidents (a stray write to the pipe) from looking
like a result.
"""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from typing import Any

from core.kata import Kata, Limits

CLOSED = 71  # exit status of a child whose pipe for frames was closed


@dataclass(frozen=True)
class Job:
    mode: str  # "tests", "collect", "demo", "measure", "calls"; "debug" and "lab" are in place
    path: str  # first entry of sys.path: the run folder
    package: str  # such as katas.orm.select_related
    edit: tuple[str, ...]
    database: str
    build: str
    uses: tuple[str, ...]
    settings: dict[str, Any]
    settings_add: dict[str, list[Any]]
    limits: Limits
    seed: int
    environment: dict[str, str] = field(default_factory=dict)  # beside what the launcher gives
    token: str = ""
    frames: int = -1  # descriptor of the pipe for frames, in the child
    output: str = ""  # file that stdout and stderr go to
    size: int = 0  # demo: how much data
    image: str = ""  # SQLite: a file with the tables of shared apps, see core.runner.tables
    prepared: bool = False  # PostgreSQL: whether they are in the database already

    @property
    def folder(self) -> str:
        """The kata's own folder below `path`."""
        return os.path.join(self.path, *self.package.split("."))

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))


def job_of(kata: Kata, *, mode: str, path: str, database: str, seed: int, **more: Any) -> Job:
    """The job for a kata that lies below `path`; `more` are further fields of Job."""
    return Job(
        mode=mode,
        path=path,
        package=kata.package,
        edit=kata.edit,
        database=database,
        build=kata.build,
        uses=kata.uses,
        settings=dict(kata.settings),
        settings_add=dict(kata.settings_add),
        limits=kata.limits,
        seed=seed,
        **more,
    )


@dataclass(frozen=True)
class Ahead:
    """What a warm process may do before it forks the keeper of a run.

    `stage` is what may be set up: fields of a Job as JSON, the same for all katas that can share it;
    "" where nothing may be. What the needs and apps in `brings` stand for may be imported, as far as
    it reads no settings.
    """

    stage: str = ""
    brings: tuple[str, ...] = ()


def ahead_of(job: Job, needs: tuple[str, ...]) -> Ahead:
    return Ahead(_stage(job), (*needs, *job.uses))


# With these, models or tables of shared apps are not as elsewhere.
SPECIAL = {"AUTH_USER_MODEL", "DATABASES", "INSTALLED_APPS", "DEFAULT_AUTO_FIELD"}
LONGEST_STAGE = 2048  # characters


def _stage(job: Job) -> str:
    """Nothing of the kata's own, nor of one run, may be in it.

    Models are made for the vendor of the database, and here that is SQLite.
    """
    fields = {
        "database": "none" if job.database == "none" else "memory",
        "uses": job.uses,
        "settings": job.settings,
        "settings_add": job.settings_add,
    }
    text = json.dumps(fields, sort_keys=True)
    special = (
        job.database == "postgres"
        or SPECIAL & {*job.settings, *job.settings_add}
        or any(part in text for part in ("$", f"{job.package}."))
        or len(text) > LONGEST_STAGE
    )
    return "" if special else text


def job_from_json(text: str) -> Job:
    data = json.loads(text)
    data["limits"] = Limits(**data["limits"])
    return Job(**{**data, "edit": tuple(data["edit"]), "uses": tuple(data["uses"])})


class Channel:
    """The child's end of the pipe for frames."""

    def __init__(self, descriptor: int, token: str) -> None:
        self.descriptor = descriptor
        self.token = token

    def send(self, kind: str, **values: Any) -> None:
        line = f"{self.token} {json.dumps({'frame': kind, **values})}\n".encode()
        try:
            while line:
                line = line[os.write(self.descriptor, line) :]
        except OSError:
            # The code under judgement closed it: there is nobody to tell, and nothing to go on for.
            os._exit(CLOSED)


def frame(line: bytes, token: str) -> dict[str, Any] | None:
    """The frame of one line; None for anything that the child's channel did not write."""
    start, _, rest = line.partition(b" ")
    if start != token.encode():
        return None
    try:
        value = json.loads(rest)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("frame"), str) else None
