"""manage.py, with the runs of katas forked from a warm Python: descriptor 3 leads to it."""

import runpy
import socket
import sys

from core.management.base import WorkspaceCommand
from core.server.forker import Forker


def main() -> None:
    warm = Forker()
    warm.connection = socket.socket(fileno=3)
    WorkspaceCommand.launch = warm
    sys.argv[0] = "manage.py"
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main()
