import contextlib
import logging
import re
import time
from unittest import mock

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.cache import cache
from django.http import HttpResponse
from django.test import SimpleTestCase
from parameterized import parameterized

from core.judge import expect, expect_raises, rng

from . import middleware, views
from .middleware import current_request_id
from .servers import served, switches, two_at_once

random = rng("requests")
KINDS = ("sync", "async")
EACH_KIND = [("sync",), ("async",)]
POLICY, ID, TIME = "Permissions-Policy", "X-Request-ID", "Server-Timing"


def path_of(name):
    return f"{middleware.__name__}.{name}"


class ServerCase(SimpleTestCase):
    names: tuple[str, ...] = ()  # of the middlewares that the task is about

    def setUp(self):
        logging.disable(logging.CRITICAL)  # what Django says of 404 and 500
        self.addCleanup(logging.disable, logging.NOTSET)
        for name in self.names:
            factory, call = getattr(middleware, name), f"{name}(get_response)"
            try:
                built = factory(views.afound)
            except TypeError as error:
                because = (
                    "Since Django 1.10 a middleware is made from get_response, and then called."
                )
                expect(call, f"TypeError: {error}", "a function of the request", because)
            if getattr(factory, "async_capable", False):
                call = f"{call} is a coroutine function, as get_response is"
                because = "That is what async_capable promises: whoever calls it will await it."
                expect(call, iscoroutinefunction(built), True, because)

    def serve(self, kind, view, **settings):
        names = [path_of(name) for name in self.names]
        return self.enterContext(served(kind, view, names, **settings))

    def expect_no_switch(self, kind):
        with served(kind, views.found, []) as server:
            bare = switches(server.send)
        added = switches(self.serve(kind, views.found).send) - bare
        call = f"switches to a thread or back that {self.names[0]} adds to a request, {kind} server"
        because = "Django adapts what speaks one way only: each request then waits for a thread."
        expect(call, added, 0, because)


ANSWERS = [
    ("found", views.found, 200, "Every answer has the header."),
    ("not_found", views.not_found, 404, "Every answer has the header, also one that says no."),
    ("redirect", views.redirects, 302, "Every answer has the header, also one without a page."),
    ("stream", views.streams, 200, "A stream has no `content` and may never end: do not read it."),
    ("large_upload", views.uploads, 200, "request.body and request.POST load the view's upload."),
    ("error", views.fails, 500, "Django turns an error of the view into an answer for you."),
]


class Each:
    """What holds for each of the three, which sets `header`."""

    @parameterized.expand(EACH_KIND)
    def test_no_switch(self, kind):
        self.expect_no_switch(kind)

    @parameterized.expand(ANSWERS)
    def test_answer(self, case, view, status, because):
        for kind in KINDS:
            answer = self.serve(kind, view).send("POST", "x" * 100)
            got = (answer.status_code, self.header in answer.headers)
            call = f"(status, has {self.header}): {case.replace('_', ' ')}, {kind} server"
            expect(call, got, (status, True), because)

    def test_error_reaches_django(self):
        for kind in KINDS:
            seen = self.serve(kind, views.fails).send().exc_info
            call = f"the error that Django saw of a view that fails, {kind} server"
            because = "Django logs and reports an error that nobody answers before it: leave it."
            expect(call, repr(seen and seen[1]), "ValueError('planted')", because)

    def test_stop_goes_on(self):
        for kind in KINDS:
            call = f"a request that is stopped, {kind} server"
            because = "What stops a worker is no Exception, and no answer: let it through."
            with expect_raises(call, views.Stopped, because=because):
                self.serve(kind, views.stops).send()


@pytest.mark.task(1)
class PermissionsPolicy(Each, ServerCase):
    names, header = ("permissions_policy",), POLICY

    @parameterized.expand([("of_the_settings", {}), ("of_the_view", {POLICY: "usb=(self)"})])
    def test_policy(self, case, own):
        policy = f"camera=(), geolocation=({random.choice(['self', '*'])})"
        for kind in KINDS:
            server = self.serve(
                kind, lambda request: HttpResponse(headers=own), PERMISSIONS_POLICY=policy
            )
            call = f"the policy {case.replace('_', ' ')}, {kind} server"
            because = "The setting is for answers that have no policy: a view's own stays."
            expect(call, server.send().headers[POLICY], own.get(POLICY, policy), because)


def sign(length):
    return "".join(random.choices("ABCdef123-", k=length))


TRUE, OTHER = sign(36), sign(20)
HEX, NEW = "[0-9a-f]{32}", "two new ones, each from uuid4().hex and seen by its view"
PROXY = {"TRUSTED_PROXIES": ["10.0.0.7"]}  # and the tests send from 127.0.0.1
FORWARDED = "REMOTE_ADDR says who sends: what stands in a header, anybody can write."
FORGED = [
    ("nothing", {}, {}, "A request without an id gets a new one, when it comes."),
    ("too_short", {ID: sign(7)}, {}, "An id has at least 8 characters."),
    ("too_long", {ID: sign(65)}, {}, "An id has at most 64 characters."),
    ("markup", {ID: "<script>alert(1)</script>"}, {}, "Letters, digits and hyphens, no more."),
    ("two_lines", {ID: f"{TRUE}\n"}, {}, "A newline at the end makes a second line in the log."),
    ("not_ascii", {ID: f"{TRUE}é"}, {}, "Letters of ASCII: others look alike."),
    ("stranger", {ID: TRUE}, PROXY, "It does not come from one of TRUSTED_PROXIES."),
    ("as_if_forwarded", {ID: TRUE, "X-Forwarded-For": "10.0.0.7"}, PROXY, FORWARDED),
]


@pytest.mark.task(2)
class RequestId(Each, ServerCase):
    names, header = ("request_id",), ID

    def ids(self, *answers):
        """For each, what stands in its header and what its view saw."""
        bodies = [a.content.decode() if a.status_code == 200 else "an error" for a in answers]
        return [(a.headers.get(ID), body) for a, body in zip(answers, bodies, strict=True)]

    @parameterized.expand([("usual", TRUE), ("shortest", sign(8)), ("longest", sign(64))])
    def test_taken_over(self, case, sent):
        for kind in KINDS:
            got = self.ids(self.serve(kind, views.found).send(headers={ID: sent}))
            call = f"(header, current_request_id()) after the id {sent!r}, {kind} server"
            because = "A trusted proxy gave the request its id: its log and ours should agree."
            expect(call, got, [(sent, sent)], because)

    @parameterized.expand(FORGED)
    def test_new(self, case, headers, settings, because):
        for kind in KINDS:
            server = self.serve(kind, views.found, **settings)
            ids = self.ids(*(server.send(headers=headers) for _ in range(2)))
            new = {got for got, seen in ids if got == seen and re.fullmatch(HEX, f"{got}")}
            call = f"ids of two requests with the headers {headers}, {kind} server"
            expect(call, ids if len(new) < 2 else NEW, NEW, because)

    @parameterized.expand(EACH_KIND)
    def test_two_at_once(self, kind):
        self.expect_no_switch(kind)  # else the two could wait for one thread
        sent = [{ID: TRUE}, {ID: OTHER}]
        answers = two_at_once(kind, views.found, [path_of("request_id")], *sent)
        call = f"(header, current_request_id()) of two requests at once, {kind} server"
        because = "Sync servers have a thread a request, async ones a task: a ContextVar fits both."
        expect(call, self.ids(*answers), [(TRUE, TRUE), (OTHER, OTHER)], because)

    @parameterized.expand([("answered", views.found), ("stopped", views.stops)])
    def test_gone_afterwards(self, case, view):
        for kind in KINDS:
            with contextlib.suppress(views.Stopped):
                self.serve(kind, view).send()
            call = f"current_request_id() after a request is {case}, {kind} server"
            because = "The thread goes on to other work: reset the id, however the request ends."
            expect(call, current_request_id(), None, because)


class TimeCase(ServerCase):
    """A clock that goes on when a view says so."""

    def setUp(self):
        self.now = random.uniform(10, 1000)
        clock = mock.Mock(side_effect=lambda: self.now)
        for place in (time, middleware):  # imported by name, it is in both
            if hasattr(place, "perf_counter"):
                self.enterContext(mock.patch.object(place, "perf_counter", clock))
        super().setUp()

    def takes(self, ms, **headers):
        self.now += ms / 1000
        return HttpResponse(**headers)


@pytest.mark.task(3)
class Timing(Each, TimeCase):
    names, header = ("timing",), TIME

    @parameterized.expand([("alone", ""), ("after_the_views_own", "db;dur=5.0")])
    def test_milliseconds(self, case, own):
        ms = random.randint(1000, 9000) / 10
        headers = {TIME: own} if own else {}
        for kind in KINDS:
            server = self.serve(kind, lambda request: self.takes(ms, headers=headers))
            call = f"{TIME} of a view that takes {ms} ms, {kind} server"
            because = "Milliseconds of time.perf_counter(), after what the view says itself."
            expected = ", ".join(filter(None, [own, f"app;dur={ms}"]))
            expect(call, server.send().headers[TIME], expected, because)

    @parameterized.expand(EACH_KIND)
    def test_two_at_once(self, kind):
        self.expect_no_switch(kind)
        ms = random.randint(100, 900)
        answers = two_at_once(kind, lambda request: self.takes(ms), [path_of("timing")])
        call = f"{TIME} of a request, and of one that comes and goes meanwhile, {kind} server"
        because = "The start belongs to one request: kept anywhere else, the next one changes it."
        expected = [f"app;dur={4 * ms}.0", f"app;dur={2 * ms}.0"]
        expect(call, [answer.headers[TIME] for answer in answers], expected, because)


DJANGOS = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
]


@pytest.mark.task(4)
class Place(TimeCase):
    names = ("permissions_policy", "request_id", "timing")

    def setUp(self):
        super().setUp()
        cache.clear()

    def test_all_six(self):
        ours = sorted(name for name in middleware.MIDDLEWARE if name not in DJANGOS)
        expected = [path_of(name) for name in self.names]
        expect("MIDDLEWARE without Django's", ours, expected, "Each of the three, and once.")
        djangos = [name for name in middleware.MIDDLEWARE if name in DJANGOS]
        expect("Django's in MIDDLEWARE", djangos, DJANGOS, "These are right as they stand.")

    @parameterized.expand(EACH_KIND)
    def test_answer_of_a_middleware(self, kind):
        settings = {"SECURE_SSL_REDIRECT": True}
        with served(kind, views.found, middleware.MIDDLEWARE, **settings) as server:
            headers = server.send().headers
        call = f"headers that are missing on SecurityMiddleware's redirect, {kind} server"
        because = "One that answers by itself asks none of those below it in the list."
        expect(call, [name for name in (POLICY, ID, TIME) if name not in headers], [], because)

    @parameterized.expand(EACH_KIND)
    def test_page_from_the_cache(self, kind):
        with served(kind, lambda request: self.takes(250), middleware.MIDDLEWARE) as server:
            first, second = server.send().headers, server.send().headers
        kept = {ID: first[ID], TIME: "250.0"}
        call = f"what a page from the cache has of the first visitor's request, {kind} server"
        because = "Answers go up the list: what is set below the cache is kept for all visitors."
        expect(call, [name for name in kept if kept[name] in second[name]], [], because)
