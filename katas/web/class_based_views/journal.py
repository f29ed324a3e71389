"""Two readers' journals that the tests ask for, and what a browser gets of them."""

import datetime
import importlib
import re

from django.contrib.auth.models import User
from django.test import Client
from django.urls import clear_url_caches

from core.bookshop.models import Author, Book, Publisher
from core.judge import expect, rng

from . import urls, views
from .models import Entry

random = rng("journal")
DAY = datetime.date(2020, 1, 1) + datetime.timedelta(days=random.randrange(2000))


def write(owner, *books, day=DAY, text="Read it."):
    """An entry about each book, all of one day."""
    return Entry.objects.bulk_create(
        Entry(owner=owner, book=book, read_on=day, text=text) for book in books
    )


class Journals:
    """Ada, who asks, and Grace, whose entries are none of Ada's business. Four books, two authors."""

    @classmethod
    def setUpTestData(cls):
        publisher = Publisher.objects.create(name="Murray", city="London")
        austen, scott = (Author.objects.create(name=each) for each in ("Austen", "Scott"))
        cls.books = Book.objects.bulk_create(
            Book(title=title, author=author, publisher=publisher, year=1816, isbn=title, price=9)
            for title, author in {
                "Emma": austen,
                "Persuasion": austen,
                "Waverley": scott,
                "Rob Roy": scott,
            }.items()
        )
        cls.ada, cls.grace = (User.objects.create_user(name) for name in ("ada", "grace"))

    def setUp(self):
        # As a server that has just started: what one case leaves on a class is not the next one's.
        for module in (views, urls):
            importlib.reload(module)
        clear_url_caches()
        self.client.force_login(self.ada)
        self.graces = Client()
        self.graces.force_login(self.grace)

    def expect_status(self, call, answer, status, because):
        expect(f"status of {call}", status_of(answer), status, because)

    def expect_login(self, path, method="get"):
        """Nobody has logged in: on to the login page, which then knows where to go."""
        answer = getattr(Client(raise_request_exception=False), method)(path)
        call = f"(status, Location) of {method.upper()} {path}, not logged in"
        because = "Ask who it is before anything else: LoginRequiredMixin, left of the view."
        got = status_of(answer), answer.headers.get("Location")
        expect(call, got, (302, f"/login/?next={path}"), because)


def status_of(answer):
    """Of an answer 500 that a client did not raise, with the error that made it."""
    error = getattr(answer, "exc_info", None)
    return f"500, {error[1]!r}" if error else answer.status_code


def linked(answer):
    """The primary keys of the entries that the page links to, in order."""
    return [int(pk) for pk in re.findall(r'<a href="/(\d+)/">', answer.content.decode())]


def shown(answer):
    """The primary key of the entry that the page is about."""
    found = re.search(r'id="entry-(\d+)"', answer.content.decode())
    return int(found[1]) if found else None


def authors(answer):
    return re.search(r'id="authors">(.*?)<', answer.content.decode())[1]


def fields(answer):
    """The names of the form's fields, sorted."""
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', answer.content.decode())
    return sorted(set(names) - {"csrfmiddlewaretoken", "initial-read_on"})


def keys(entries):
    return [entry.pk for entry in entries]
