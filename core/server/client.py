"""The fast way: hand the command to the background server, and print what it sends back.

Standard library only, and little of it: what this imports, every command pays for. Where there is no
server for this code, `ask` says so and the command runs in this process as if there were none.
"""

import json
import os
import socket
import sys
from collections.abc import Callable

from core.runtime import runtime_folder
from core.server.fingerprint import fingerprint
from core.state import LARGEST_LOG, ROOT, STATE

COMMANDS = ("kata", "kata_demo")
# What needs this process: its terminal, its editor, or words that argparse prints by itself.
HERE = (
    "--debug",
    "--open",
    "--cold",
    "--watch",
    "--lab",
    "--help",
    "-h",
    "--version",
    "--settings",
)
PASSED_ON = ("COLUMNS", "NO_COLOR", "TERM", "KATA_COMMAND")  # what core.terminal reads
STOPPED = 130


def wanted(arguments: list[str]) -> bool:
    """Whether this command is one that the server may run."""
    return (
        bool(arguments)
        and arguments[0] in COMMANDS
        and os.environ.get("KATA_SERVER") != "0"
        and not any(each.split("=")[0] in HERE for each in arguments)
    )


def answer_to(question: str) -> str | None:
    """What the person types; None at the end of input."""
    try:
        return input(question)
    except EOFError:
        sys.stdout.write("\n")
        return None


def ask(arguments: list[str], answer: Callable[[str], str | None] = answer_to) -> int | None:
    """The exit status of the command as the server ran it; None where there is no server for it.

    `answer` asks the person a question that the command has.
    """
    folder = runtime_folder()
    if folder is None:
        return None
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(folder / "socket"))
            connection.sendall(json.dumps(_request(arguments)).encode() + b"\n")
            return _show(connection, answer)
    except OSError:
        return None
    except KeyboardInterrupt:
        if sys.stdout.isatty():
            sys.stdout.write("\x1b[?25h")  # the spinner has hidden the cursor
        kept = "--quiz" in arguments  # each answer is stored as it is given
        sys.stderr.write(
            f"Stopped. {'What was answered is kept' if kept else 'Nothing was stored'}.\n"
        )
        return STOPPED


def start() -> None:
    """Start the server, to be warm for the next command; it ends by itself when idle."""
    import subprocess  # most commands find a server and do not pay for it

    folder = runtime_folder()
    if folder is None or os.environ.get("KATA_SERVER") == "0":
        return
    try:
        STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = STATE / "server.log"
        mode = "ab" if log.exists() and log.stat().st_size < LARGEST_LOG else "wb"
        with log.open(mode) as file:
            subprocess.Popen(
                [sys.executable, "-m", "core.server.server"],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=ROOT,
                start_new_session=True,
            )
    except OSError:
        return  # slower without it, and otherwise the same


def _request(arguments: list[str]) -> dict[str, object]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if sys.stdout.isatty() and "COLUMNS" not in environment:
        environment["COLUMNS"] = str(os.get_terminal_size(sys.stdout.fileno()).columns)
    return {
        "arguments": arguments,
        "folder": os.getcwd(),
        "environment": environment,
        "encoding": sys.stdout.encoding,
        "terminal": sys.stdout.isatty(),
        "asks": sys.stdout.isatty() and sys.stdin.isatty(),
        "fingerprint": fingerprint(),
    }


def _show(connection: socket.socket, answer: Callable[[str], str | None]) -> int | None:
    """Print what comes until the exit status does."""
    shown = False
    with connection.makefile("rb") as frames:
        for line in frames:
            frame = json.loads(line)
            if "exit" in frame:
                return int(frame["exit"])
            if "stale" in frame:
                return None
            if "ask" in frame:
                reply = {"answer": answer(frame["ask"])}
                connection.sendall(json.dumps(reply).encode() + b"\n")
                continue
            shown = True
            stream = sys.stdout if "out" in frame else sys.stderr
            stream.write(frame.get("out") or frame.get("err", ""))
            stream.flush()
    if shown:
        sys.stderr.write("\nThe background server ended. Once more, without it:\n")
    return None
