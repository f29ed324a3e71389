"""A lab without a terminal: `core.lab.owner` starts it, and it ends when its standard input does.

The first line of its output is JSON: the link, or the problem. The rest goes where errors go.
"""

import json
import os
import sys
import threading
from collections.abc import Callable


def main(slug: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings"
    django.setup()
    from core import catalogue
    from core.errors import KataError
    from core.lab.opening import opened
    from core.serve.place import Running

    try:
        with opened(catalogue.get(slug), say) as (supervisor, link):
            threading.Thread(
                target=until_end_of_input, args=(supervisor.stop,), daemon=True
            ).start()
            answer(link=link)
            supervisor.run()
    except Running as other:
        answer(link=other.url)
    except KataError as error:
        answer(message=error.message, hint=error.hint)


def until_end_of_input(stop: Callable[[], None]) -> None:
    sys.stdin.buffer.read()
    stop()


def answer(**values: str) -> None:
    sys.stdout.write(f"{json.dumps(values)}\n")
    sys.stdout.flush()
    # What the learner's code prints later is no answer, and nobody reads it there.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1])
