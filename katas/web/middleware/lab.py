"""What the demo and the lab show of this kata."""

from . import middleware, views
from .servers import served, switches, two_at_once

HERE = middleware.__name__
OURS = [f"{HERE}.permissions_policy", f"{HERE}.request_id", f"{HERE}.timing"]
REQUEST_ID = "X-Request-ID"
now = {"requests": 1}


def populate(size: int) -> None:
    now["requests"] = size


def thread_switches() -> int:
    """Of an async server with the three, more than of one without them."""

    def send(names):
        with served("async", views.found, names) as server:
            for _ in range(now["requests"]):
                server.send()

    return switches(lambda: send(OURS)) - switches(lambda: send([]))


def what_a_view_sees() -> str:
    ids = [{REQUEST_ID: "request-1"}, {REQUEST_ID: "request-2"}]
    answers = two_at_once("async", views.found, OURS, *ids)
    return ", ".join(answer.content.decode() for answer in answers)


def forged_id() -> str:
    with served("async", views.found, OURS) as server:
        answer = server.send(headers={REQUEST_ID: "<script>"})
    return "taken over" if answer.headers[REQUEST_ID] == "<script>" else "refused"


calls = {
    "thread switches added": thread_switches,
    "ids in two views at once": what_a_view_sees,
    "the id <script>": forged_id,
}
