"""A server of either kind for one view, to send requests to. Given: the tests and the lab use it."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, iscoroutinefunction
from django.http import HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path

FORM = "application/x-www-form-urlencoded"


class Server:
    """Django's own handler, "sync" or "async", as the test client calls it."""

    def __init__(self, kind: str) -> None:
        self.is_async = kind == "async"
        self.client = (AsyncClient if self.is_async else Client)(raise_request_exception=False)
        self.client.handler.load_middleware(is_async=self.is_async)

    def send(self, method: str = "GET", data: str = "", **options: Any) -> HttpResponse:
        if self.is_async:
            return async_to_sync(self.asend)(method, data, **options)
        return self.client.generic(method, "/", data, FORM, **options)

    async def asend(self, method: str = "GET", data: str = "", **options: Any) -> HttpResponse:
        return await self.client.generic(method, "/", data, FORM, **options)


@contextlib.contextmanager
def served(
    kind: str, view: Callable[..., Any], middleware: list[str], **settings: Any
) -> Iterator[Server]:
    """A server with this list of middleware. On an async one, a plain view is made async."""

    async def aview(request):
        return view(request)

    plain = kind == "sync" or iscoroutinefunction(view)
    urls = (path("", view if plain else aview),)
    with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF=urls, **settings):
        yield Server(kind)


def two_at_once(
    kind: str, view: Callable[..., Any], middleware: list[str], *headers: dict[str, str]
) -> list[HttpResponse]:
    """The answers to a request, and to another that comes and goes while it is on its way.

    For each, the view is called twice; the other request comes between the two calls.
    """
    first, second = headers or ({}, {})
    answers = []

    def outer(request):
        view(request)
        if request.method == "GET":
            # In a thread of its own, as on a server.
            with ThreadPoolExecutor() as pool:
                answers.append(pool.submit(server.send, "POST", headers=second).result())
        return view(request)

    async def aouter(request):
        view(request)
        if request.method == "GET":
            # In a task of its own, as on a server.
            answers.append(await asyncio.create_task(server.asend("POST", headers=second)))
        return view(request)

    with served(kind, outer if kind == "sync" else aouter, middleware) as server:
        return [server.send(headers=first), *answers]


def switches(call: Callable[[], object]) -> int:
    """How often `call` goes from async code to a thread, or back."""
    made = []

    def counted(kind: type) -> Any:
        adapt = kind.__call__

        def count(adapter: Any, *args: Any, **options: Any) -> Any:
            made.append(kind)
            return adapt(adapter, *args, **options)

        return mock.patch.object(kind, "__call__", count)

    with counted(SyncToAsync), counted(AsyncToSync):
        call()
    return len(made)
