#!/usr/bin/env python
"""Django's command line; the name of a kata as a command shows its demo."""

import atexit
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    if sys.version_info < (3, 11):  # noqa: UP036 - a sentence, where an import would fail without
        sys.exit("The workspace needs Python 3.11 or newer. Run `scripts/kata`.")
    from core.errors import KataError
    from core.server import client

    try:
        if len(sys.argv) > 1 and sys.argv[1] not in client.COMMANDS and is_kata(sys.argv[1]):
            sys.argv.insert(1, "kata_demo")
        if client.wanted(sys.argv[1:]):
            status = client.ask(sys.argv[1:])
            if status is not None:
                sys.exit(status)
            atexit.register(client.start)  # warm for the next time, without slowing this one
        check_roots()
        execute()
    except KataError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(4)


def is_kata(name: str) -> bool:
    from core.catalogue import named  # `kata` itself does not pay for it: the server has it

    return bool(named(name))


def check_roots() -> None:
    """A wrong KATA_PATH is said at once, without Django's words around it."""
    from core.catalogue import roots

    roots()


def execute() -> None:
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}.\nThe packages are not installed here. Run `scripts/kata`.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
