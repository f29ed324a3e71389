#!/usr/bin/env python
"""Django's command line; the name of a kata as a command shows its demo."""

import atexit
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    try:
        from core.catalogue import folders
        from core.errors import KataError
        from core.server import client
    except ImportError as error:  # Python before 3.11 has no tomllib
        sys.exit(f"{error}.\nThe workspace needs Python 3.11 or newer. Run `scripts/kata`.")
    try:
        if len(sys.argv) > 1 and any(folder.name == sys.argv[1] for folder in folders()):
            sys.argv.insert(1, "kata_demo")
        if client.wanted(sys.argv[1:]):
            status = client.ask(sys.argv[1:])
            if status is not None:
                sys.exit(status)
            atexit.register(client.start)  # warm for the next time, without slowing this one
        execute()
    except KataError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(4)


def execute() -> None:
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}.\nThe packages are not installed here. Run `scripts/kata`.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
