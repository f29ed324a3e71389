"""A warm Python that the tests' commands are forked from: what they import is imported once.

Such a command is a process of its own, with environment, folder and streams as after an exec. What
only a new Python can have (-X, PYTHONHASHSEED, /proc/PID/environ) it has not: start it by subprocess.
"""

import fcntl
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import zoneinfo
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 200_000  # bytes of a request

# Nothing that reads settings or the environment as it is imported, so nothing of core.
PRELOAD = (
    "celery.app.amqp",
    "celery.app.log",
    "celery.fixups.django",
    "celery.loaders.app",
    "celery.schedules",
    "crontab",
    "cron_descriptor",
    "dateutil.parser",
    "django.contrib.admin.apps",
    "django.contrib.auth.apps",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.auth.validators",
    "django.contrib.contenttypes.apps",
    "django.contrib.humanize.apps",
    "django.contrib.messages.apps",
    "django.contrib.sessions.apps",
    "django.contrib.staticfiles.apps",
    "django.core.cache.backends.locmem",
    "django.core.checks",
    "django.core.management",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.template.backends.django",
    "django.template.loader",
    "django.test",
    "django_celery_beat.apps",
    "django_extensions.apps",
    "drf_spectacular.apps",
    "fsrs",
    "hypothesis.core",
    "hypothesis.strategies",
    "kombu.transport.redis",
    "markdown_it",
    "parameterized",
    "pdb",
    "pygments.lexers",
    "pytest",
    "_pytest.skipping",
    "_pytest.unittest",
    "pytest_django.plugin",
    "rest_framework.apps",
    "rich.console",
    "rich.live",
    "rich.markdown",
    "rich.progress",
    "rich.syntax",
    "rich.table",
    "sqlparse.engine.grouping",
    "tomllib",
    "tzlocal",
    "yaml",
)
_zones: list[zoneinfo.ZoneInfo] = []  # a model of django_celery_beat reads them all


class Forked:
    """A command that was started, as far as subprocess.Popen's ways are needed."""

    def __init__(self, pid: int, told: socket.socket) -> None:
        self.pid = pid
        self.told = told
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.told.settimeout(timeout)
            try:
                self.returncode = int(self.told.recv(16))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from error
            self.told.close()
        return self.returncode

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.told], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class ForkServer:
    """Starts the warm Python when it is first needed; it ends with this process."""

    def __init__(self) -> None:
        self.connection: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> socket.socket:
        self.connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            )
        assert self.connection.recv(16) == b"ready", "the fork server did not start"
        return self.connection

    def close(self) -> None:
        if self.connection and self.process:
            self.connection.close()
            self.process.wait()

    def start(
        self,
        *arguments: str,
        stdin: int,
        stdout: int,
        stderr: int,
        env: dict[str, str],
        cwd: Path = ROOT,
        pass_fds: tuple[int, ...] = (),
        terminal: bool = False,
    ) -> Forked:
        """`python ARGUMENTS…` with these descriptors; those of `pass_fds` are 3, 4, … there.

        With `terminal`, standard input is one, and becomes the terminal of a session of its own.
        """
        connection = self.connection or self.open()
        found = {"arguments": arguments, "env": env, "cwd": str(cwd), "terminal": terminal}
        request = json.dumps(found).encode()
        told, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(
                connection, [request], [theirs.fileno(), stdin, stdout, stderr, *pass_fds]
            )
            pid = int(connection.recv(16))
        return Forked(pid, told)

    def run(
        self, *arguments: str, env: dict[str, str], cwd: Path = ROOT, pass_fds: tuple[int, ...] = ()
    ) -> tuple[int, str, str]:
        """Wait for its end: exit status, what it wrote to standard output and to standard error."""
        with (
            open(os.devnull, "rb") as nothing,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            streams = [each.fileno() for each in (nothing, out, err)]
            names = ("stdin", "stdout", "stderr")
            forked = self.start(
                *arguments,
                env=env,
                cwd=cwd,
                pass_fds=pass_fds,
                **dict(zip(names, streams, strict=True)),
            )
            status = forked.wait()
            out.seek(0)
            err.seek(0)
            return status, out.read().decode(), err.read().decode()


def serve(connection: socket.socket) -> None:
    """Fork for every request; a child returns from here with what it is to run."""
    running: dict[int, tuple[int, socket.socket]] = {}
    connection.send(b"ready")
    while True:
        for ready in select.select([connection, *running], [], [])[0]:
            if ready in running:
                pid, told = running.pop(ready)
                os.close(ready)
                with told:
                    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    told.send(str(status).encode())
                continue
            request, descriptors, _, _ = socket.recv_fds(connection, LONGEST, 16)
            if not request:
                os._exit(0)
            told = socket.socket(fileno=descriptors.pop(0))
            if (pid := os.fork()) == 0:
                for each in (connection, told, *(other for _, other in running.values())):
                    each.detach()  # `become` closes what they are
                become(json.loads(request), descriptors)
                return
            connection.send(str(pid).encode())
            running[os.pidfd_open(pid)] = (pid, told)
            for each in descriptors:
                os.close(each)


def become(request: dict, descriptors: list[int]) -> None:
    """In the fork: streams, environment and folder, and then the program."""
    high = [os.dup2(each, 200 + number) for number, each in enumerate(descriptors)]
    for number, each in enumerate(high):
        os.dup2(each, number)
    os.closerange(len(descriptors), 256)
    if request["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    environment = request["env"]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(request["cwd"])
    open_streams(environment.get("PYTHONIOENCODING") or "utf-8")
    importlib.invalidate_caches()
    module = request["arguments"][0] == "-m"
    sys.argv = request["arguments"][1:] if module else request["arguments"]
    sys.path[:1] = [
        request["cwd"] if module else str(Path(sys.argv[0]).absolute().parent),
        *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)),
    ]
    if module:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")


def open_streams(encoding: str) -> None:
    name, _, errors = encoding.partition(":")
    raw = [io.FileIO(number, mode, closefd=False) for number, mode in enumerate("rww")]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(raw[0]), encoding=name)
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(
        io.BufferedWriter(raw[1]),
        encoding=name,
        errors=errors or "strict",
        line_buffering=os.isatty(1),
    )
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(
        io.BufferedWriter(raw[2]), encoding=name, errors="backslashreplace", line_buffering=True
    )


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a shell's foreground
    for name in PRELOAD:
        importlib.import_module(name)
    _zones.extend(map(zoneinfo.ZoneInfo, zoneinfo.available_timezones()))
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
