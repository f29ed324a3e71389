"""What the workspace's own commands share: sentences for errors, status 4 for bad input."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TextIO

from django.core.management import BaseCommand, CommandError, CommandParser
from django.core.management.base import DjangoHelpFormatter, OutputWrapper
from django.db import DatabaseError, OperationalError
from rich.console import Console

from core.errors import KataError
from core.needs.lease import Unavailable
from core.report.console import console
from core.runner.launch import Launcher, cold
from core.server.client import answer_to

UNAVAILABLE = 3  # exit status when a server or program is missing
WRONG_CALL = 4  # exit status when the command itself was wrong
STOPPED = 130  # exit status after Ctrl-C


class Formatter(DjangoHelpFormatter):
    """Django's order of options; text as it was written, so that examples keep their lines."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "".join(indent + line for line in text.splitlines(keepends=True))


class WorkspaceCommand(BaseCommand):
    """A command whose every error says what, where and what helps, and exits with 4."""

    requires_system_checks = []
    examples = ""
    launch: Launcher = staticmethod(cold)  # how a run's keeper comes to be
    question: Callable[[str], str | None] | None = None  # how a client of the server is asked
    stopped = "Stopped. Nothing was stored."  # what Ctrl-C is answered with
    hangup: int | None = None  # a descriptor that becomes readable when nobody waits any more

    def use(
        self,
        out: TextIO,
        err: TextIO,
        *,
        launch: Launcher,
        hangup: int,
        ask: Callable[[str], str | None] | None,
    ) -> None:
        """Speak to a client of the background server, and run from its forker."""
        self.stdout, self.stderr = OutputWrapper(out), OutputWrapper(err)
        self.launch, self.hangup, self.question = launch, hangup, ask

    def asking(self) -> Callable[[str], str | None] | None:
        """How the person is asked, None where nobody can be; an answer is None at its end."""
        if self.question:
            return self.question
        here = self.hangup is None and sys.stdin.isatty() and self.stdout.isatty()
        return answer_to if here else None

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(
            prog_name, subcommand, epilog=self.examples, formatter_class=Formatter, **kwargs
        )

        def error(message: str) -> NoReturn:
            raise CommandError(
                f"{message[:1].upper()}{message[1:]}.\nRun `python manage.py {subcommand} --help`.",
                returncode=WRONG_CALL,
            )

        parser.error = error  # type: ignore[method-assign]
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except CommandError as error:  # from the parser, before Django's own handling
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def execute(self, *args: Any, **options: Any) -> str | None:
        color = False if options.get("no_color") else options.get("force_color") or None
        self.console: Console = console(under(self.stdout), color=color)
        try:
            return super().execute(*args, **options)
        except Unavailable as error:
            raise CommandError(str(error), returncode=UNAVAILABLE) from error
        except KataError as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error
        except DatabaseError as error:
            raise CommandError(unready(error), returncode=WRONG_CALL) from error
        except BrokenPipeError:
            sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
            sys.exit(WRONG_CALL)
        except KeyboardInterrupt:
            self.stderr.write(self.stopped)
            sys.exit(STOPPED)


def under(stream: Any) -> TextIO:
    """The stream below Django's wrapper, which would add a newline to every write."""
    return getattr(stream, "_out", stream)  # type: ignore[no-any-return]


def unready(error: DatabaseError) -> str:
    """What a database error means here, and the command that helps."""
    reason = str(error).strip().splitlines()[0]
    if isinstance(error, OperationalError) and "no such" not in reason:
        return f"The workspace's database cannot be used: {reason}.\nIs its disk full or read-only?"
    return f"The workspace's database is not ready: {reason}.\nRun `python manage.py migrate`."
