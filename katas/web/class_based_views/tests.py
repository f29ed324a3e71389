import datetime

import pytest
from django.test import Client, TestCase
from parameterized import parameterized

from core.judge import budget, expect, growth
from core.judge.rows import rows_at_most

from .journal import DAY, Journals, authors, fields, keys, linked, random, shown, status_of, write
from .models import Entry

NEXT = DAY + datetime.timedelta(days=1)
BRING = "The template asks each entry for its book, and the book for its author: bring both along."
OTHERS = "Grace's entries are none of Ada's: filter by the user who asks."


@pytest.mark.task(1)
class OwnList(Journals, TestCase):
    def test_not_logged_in(self):
        self.expect_login("/")

    def test_entries(self):
        new = write(self.ada, *self.books[1:3], day=NEXT)
        old = write(self.ada, *self.books[:3])
        write(self.grace, *self.books)
        expected = keys([*new[::-1], *old[::-1]])
        because = "Ada's entries: the latest day first, of one day the higher primary key first."
        expect("entries on GET /", linked(self.client.get("/")), expected, because)

    def test_each_reader(self):
        own = {"ada": write(self.ada, *self.books[:2]), "grace": write(self.grace, *self.books[2:])}
        browsers = {"ada": self.client, "grace": self.graces}
        for name in ("ada", "grace", "ada"):
            got = linked(browsers[name].get("/"))
            because = "One class serves all readers, in turn: what it keeps, the next one gets."
            expect(f"entries on GET /, logged in as {name}", got, keys(own[name])[::-1], because)

    @parameterized.expand([("written",), ("deleted",)])
    def test_next_request(self, change):
        entries = write(self.ada, *self.books[:3])
        self.client.get("/")
        if change == "written":
            entries += write(self.ada, self.books[3])
        else:
            entries.pop(1).delete()
        because = "The list is as it is at this moment: rows kept on the class go stale."
        call = f"entries on a second GET /, one {change} meanwhile"
        expect(call, linked(self.client.get("/")), keys(entries)[::-1], because)

    @parameterized.expand([("none", [], "0"), ("one", [0, 1], "1"), ("two", [0, 2, 3], "2")])
    def test_authors(self, _, books, expected):
        write(self.ada, *(self.books[n] for n in books))
        write(self.grace, *self.books)
        because = "It is the number of different authors of the books in the reader's own list."
        expect("authors on GET /", authors(self.client.get("/")), expected, because)

    def test_queries(self):
        write(self.ada, *self.books * 15)
        with budget("GET /", queries=3):
            answer = self.client.get("/")
        because = "All of them: the page has no links to further pages."
        expect("number of entries on GET /", len(linked(answer)), 60, because)

    def test_more_entries_cost_no_more(self):
        def make(size):
            for owner in (self.ada, self.grace):
                write(owner, *[self.books[size % 4]] * size)

        growth("GET /", make=make, do=lambda: self.client.get("/"), because=BRING)

    def test_rows(self):
        write(self.ada, *self.books)
        write(self.grace, *self.books * 20)
        because = "The database can leave out Grace's entries by itself."
        with rows_at_most("GET /", 9, because=because):
            self.client.get("/")


SAME = "One answer for what is not there and what is another's: else the status tells which exist."


@pytest.mark.task(2)
class OneEntry(Journals, TestCase):
    def test_not_logged_in(self):
        (entry,) = write(self.ada, self.books[0])
        for path in (f"/{entry.pk}/", f"/{entry.pk + 10}/", "/latest/"):
            self.expect_login(path)

    def test_own(self):
        text = f"Page {random.randrange(400)} & after <all> that."
        entry, _ = write(self.ada, *self.books[:2], text=text)
        answer = self.client.get(entry.get_absolute_url())
        expect("entry on its page", shown(answer), entry.pk, "Each entry has its own page.")
        self.assertContains(answer, "&amp; after &lt;all&gt;")

    @parameterized.expand([("of_grace", 0), ("of_nobody", 100)])
    def test_not_own(self, _, beyond):
        self.client.raise_request_exception = False
        write(self.ada, self.books[0])
        (graces,) = write(self.grace, self.books[0])
        path = f"/{graces.pk + beyond}/"
        answer = self.client.get(path)
        whose = "no entry" if beyond else "Grace's entry"
        self.expect_status(f"GET {path}, {whose}, logged in as ada", answer, 404, SAME)

    def test_others(self):
        first = write(self.ada, *[self.books[0]] * 2)
        entry, _ = write(self.ada, *self.books[:2])
        last = write(self.ada, *[self.books[0]] * 2, day=NEXT)
        write(self.grace, *self.books)
        because = "Ada's other entries about this book, as the list has them, without this one."
        got = linked(self.client.get(entry.get_absolute_url()))
        expect("others on the page of an entry", got, keys([*last[::-1], *first[::-1]]), because)

    def test_queries(self):
        entry, *_ = write(self.ada, *[self.books[0]] * 5)
        for path in (entry.get_absolute_url(), "/latest/"):
            with budget(f"GET {path}", queries=3):
                self.client.get(path)


@pytest.mark.task(2)
class Latest(Journals, TestCase):
    @parameterized.expand(
        [
            ("by_day", NEXT, 0, "The latest day, not the highest key."),
            ("of_one_day", DAY, 1, "Of one day the higher primary key, as in the list."),
        ]
    )
    def test_latest(self, _, day, expected, because):
        entries = [*write(self.ada, self.books[0], day=day), *write(self.ada, self.books[1])]
        write(self.grace, self.books[0], day=NEXT + datetime.timedelta(days=1))
        got = shown(self.client.get("/latest/"))
        expect("entry on GET /latest/", got, entries[expected].pk, f"{because} {OTHERS}")

    def test_none(self):
        self.client.raise_request_exception = False
        write(self.grace, self.books[0])
        because = "Ada has written nothing yet: there is no such page, and no crash."
        answer = self.client.get("/latest/")
        self.expect_status("GET /latest/ without an entry", answer, 404, because)

    def test_others(self):
        first, _ = write(self.ada, *[self.books[0]] * 2)
        got = linked(self.client.get("/latest/"))
        because = "It is the same page: the reader's other entries about the book are there."
        expect("others on GET /latest/", got, [first.pk], because)


@pytest.mark.task(3)
class Write(Journals, TestCase):
    def sent(self, **more):
        return {"book": self.books[0].pk, "read_on": f"{DAY}", "text": "Read it."} | more

    def stored(self):
        return list(Entry.objects.values_list("owner__username", "book", "read_on", "text"))

    @parameterized.expand([("get",), ("post",)])
    def test_not_logged_in(self, method):
        self.expect_login("/new/", method)
        Client().post("/new/", self.sent())
        because = "Nobody has logged in: nothing is written, whatever was sent."
        expect("entries after POST /new/, not logged in", self.stored(), [], because)

    def test_fields(self):
        because = "What the reader decides, and no more."
        got = fields(self.client.get("/new/"))
        expect("fields on GET /new/", got, ["book", "read_on", "text"], because)

    @parameterized.expand([("plain", False), ("owner_sent_along", True)])
    def test_owner(self, _, forged):
        text = f"Page {random.randrange(400)}."
        more = {"owner": self.grace.pk, "owner_id": self.grace.pk} if forged else {}
        self.client.post("/new/", self.sent(text=text, **more))
        self.graces.post("/new/", self.sent(text=text))
        expected = [(name, self.books[0].pk, DAY, text) for name in ("ada", "grace")]
        because = "The entry is of whoever sends it. What is sent with it cannot change that."
        expect("entries after POST by ada, then by grace", self.stored(), expected, because)

    def test_goes_on(self):
        answer = self.client.post("/new/", self.sent())
        got = answer.status_code, answer.headers.get("Location")
        expected = 302, f"/{Entry.objects.latest('pk').pk}/" if self.stored() else "/1/"
        because = "A redirect to the new entry's page: a reload then does not send the form again."
        expect("(status, Location) of POST /new/", got, expected, because)

    @parameterized.expand([("text", {"text": " "}), ("book", {"book": 10**6})])
    def test_mistake(self, name, more):
        self.client.raise_request_exception = False
        answer = self.client.post("/new/", self.sent(**more))
        got = status_of(answer), "errorlist" in answer.content.decode(), self.stored()
        because = "A mistake shows the form again, with what is wrong, and stores nothing."
        expect(f"(status, error shown, entries) of POST with {more}", got, (200, True, []), because)

    def test_queries(self):
        with budget("POST /new/", queries=4):
            self.client.post("/new/", self.sent())
        with budget("GET /new/", queries=2):
            self.client.get("/new/")
