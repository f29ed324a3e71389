"""The flags of `kata`, and the examples that `--help` ends with."""

from django.core.management import CommandParser

EXAMPLES = """
examples:
  kata                             progress by track, and what is next
  kata orm                         the katas of a track
  kata select_related              run it; without a name, most flags mean the last one run
  kata select_related --hint       the next hint of the first task that fails
  kata --hint 2                    the next hint of task 2
  kata --watch                     run it again at each save; keys for hints and the next kata
  kata --source solution           judge another version: stub, solution, wrong/NAME, a folder
  kata --history                   what you ran, with numbers
  kata --diff                      what changed since your last attempt: code and queries
  kata --measure                   how the cost grows with the data, beside the solution
  kata --reset                     a fresh file; yours is moved to .kata/history
  kata --reset 12                  the file as run 12 judged it; yours is moved too
  kata --again                     repeat a kata from the stub: its next pass is graded
  kata --lab                       your code in the browser, under Debug Toolbar and Silk
  kata --profile                   record its calls in Silk, and print the link
  kata --shell                     IPython with your code, its models and the bookshop
  kata --quiz                      the questions that are due, asked; with a name, all of a kata
  kata --path interview            follow a path: what is next goes by it; --path none leaves it
  kata --calendar                  the days of the last twelve weeks
  kata --json                      the verdict for machines

exit status:
  0 passed, 1 failed, 2 error or timeout, 3 a need is missing, 4 the command was wrong
"""


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("name", nargs="?", help="A kata, or a track.")
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="stub, solution, wrong/NAME or a path; else your own.",
    )
    parser.add_argument("--seed", type=_seed, help="Replay a run with the data it drew.")
    parser.add_argument("--json", action="store_true", help="Print JSON instead of words.")
    parser.add_argument(
        "--give-up", action="store_true", help="See the solution before a pass. Remembered."
    )
    parser.add_argument(
        "--cold", action="store_true", help="Neither use nor start the background server."
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        "--hint", nargs="?", type=int, const=0, metavar="TASK", help="Show one hint more."
    )
    action.add_argument(
        "--reset",
        nargs="?",
        type=int,
        const=0,
        metavar="RUN",
        help="Start afresh, or from a run.",
    )
    action.add_argument(
        "--again", action="store_true", help="Repeat it from the stub: the next pass is graded."
    )
    action.add_argument(
        "--quiz", action="store_true", help="Ask the questions that are due, or those of a kata."
    )
    action.add_argument(
        "--path", nargs="?", const="", metavar="PATH", help="Follow a path; none leaves it."
    )
    action.add_argument("--calendar", action="store_true", help="Show the days you practised.")
    action.add_argument("--solution", action="store_true", help="Show the solution, after a pass.")
    action.add_argument("--why", action="store_true", help="Why this way, after a pass.")
    action.add_argument("--history", action="store_true", help="Show the runs of a kata.")
    action.add_argument(
        "--diff",
        nargs="?",
        type=int,
        const=0,
        metavar="RUN",
        help="Your last attempt beside the one before: code and queries.",
    )
    action.add_argument(
        "--measure", action="store_true", help="Cost by size: yours, as shipped, solved."
    )
    action.add_argument(
        "--debug", action="store_true", help="Run in place: no limits, breakpoint() works."
    )
    action.add_argument("--open", action="store_true", help="Open the brief and the file.")
    action.add_argument("--watch", action="store_true", help="Run it again at each save.")
    action.add_argument(
        "--lab", action="store_true", help="Your code in the browser, under Debug Toolbar and Silk."
    )
    action.add_argument(
        "--profile",
        nargs="?",
        const="",
        metavar="CALL",
        help="Record the lab's calls in Silk, or one of them, and print the link.",
    )
    action.add_argument(
        "--shell", action="store_true", help="IPython with your code and the bookshop imported."
    )


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**63:
        raise ValueError(text)
    return value


_seed.__name__ = "seed"  # argparse names the type in its message
