"""The lab over HTTP: who may come in, what the pages say, and that a save is seen."""

import html
import json
import os
import re
import signal
import socket

import pytest

from tests.cockpit.verdicts import copy_kata
from tests.conftest import in_ci, wait_for
from tests.lab.conftest import write_kata
from tests.lab.http import asked

some_seconds = in_ci("a lab each, some seconds")
SOLUTION = "author/solution/exercise.py"
PACKING = "/lab/?call=packing_list%281000%29"
ONE = "calls = {'one()': lambda: exercise.one()}\n"
LAB = f"from . import exercise\n\n{ONE}"


@pytest.fixture
def joined(root):
    """The folder of a copy of select_related."""
    return copy_kata(root, "joined")


@pytest.fixture
def plain(root):
    """Write a kata without a database, of this exercise; its folder."""

    def write(exercise: str, *, seconds: int = 10, lab: str = LAB, slug: str = "plain"):
        more = f'database = "none"\n[limits]\nseconds = {seconds}'
        return write_kata(root, slug, more=more, exercise=exercise, lab=lab)

    return write


def test_a_call_shows_its_cost_by_line_and_plan(shared_labs):
    text = shared_labs("joined").get(PACKING).text
    assert "<strong>321 queries</strong>" in text
    assert (
        'class="place">exercise.py:16</code> <code class="sql">SELECT … FROM bookshop_publ' in text
    )
    assert "It searches bookshop_publisher by its primary key and sorts nothing." in text


def test_the_toolbar_counts_what_the_page_counts(shared_labs):
    headers = shared_labs("joined").get(PACKING).headers
    assert 'desc="SQL 321 queries"' in headers["Server-Timing"]


def test_nobody_comes_in_without_the_link(shared_labs):
    lab = shared_labs("plain")
    for path in ("/lab/", "/lab/silk/", "/lab/pulse/", "/static/lab/lab.css", "/"):
        assert asked("GET", lab.address + path).status == 403, path
        wrong = asked("GET", lab.address + path, cookies={"lab_plain": "wrong"})
        assert wrong.status == 403, path
    assert asked("GET", f"{lab.address}/enter/wrong/").status == 403
    elsewhere = lab.get("/lab/", Host="lab.example.com")
    assert (elsewhere.status, elsewhere.cookies) == (403, {})
    assert lab.get("/lab/").status == 200


def test_the_link_leads_only_into_the_lab(shared_labs):
    lab = shared_labs("plain")
    for to in ("//example.com/", "https://example.com/", "/%0d%0aSet-Cookie:a=b"):
        assert asked("GET", f"{lab.link}?to={to}").headers["Location"] == "/lab/"
    assert asked("GET", f"{lab.link}?to=/lab/silk/").headers["Location"] == "/lab/silk/"


def test_it_listens_on_this_machine_alone(shared_labs):
    port = int(shared_labs("plain").address.rpartition(":")[2])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free: the lab is at 127.0.0.1 and not everywhere


def test_second_start_joins(shared_labs):
    first = shared_labs("plain")
    second = shared_labs("plain", "--lab")
    assert second.process.wait(60) == 0
    assert second.link == first.link
    assert f"is open already (process {first.process.pid})" in second.words


@some_seconds
def test_two_labs_at_once_do_not_meet(start_lab, plain):
    plain("def one():\n    return 'first'\n")
    plain("def one():\n    return 'second'\n", slug="other")
    first, second = start_lab("plain"), start_lab("other")
    assert "&#x27;first&#x27;" in first.get("/lab/?call=one()").text
    assert "&#x27;second&#x27;" in second.get("/lab/?call=one()").text
    assert first.cookies.keys().isdisjoint(second.cookies)
    crossed = asked("GET", f"{second.address}/lab/", cookies=first.cookies)
    assert crossed.status == 403


def test_a_save_shows_new_code(start_lab, joined):
    lab = start_lab("joined")
    assert "<strong>321 queries</strong>" in lab.get(PACKING).text
    (joined / "exercise.py").write_text((joined / SOLUTION).read_text())
    lab.shows(PACKING, "<strong>1 query</strong>")


@some_seconds
def test_syntax_error_is_shown_and_heals(start_lab, joined):
    lab = start_lab("joined")
    whole = (joined / "exercise.py").read_text()
    (joined / "exercise.py").write_text(whole.replace("limit: int)", "limit: int", 1))
    broken = lab.shows("/lab/", "SyntaxError")
    assert broken.status == 500
    assert "exercise.py:6</code>" in broken.text
    assert "exercise.py:6: SyntaxError" in lab.words
    (joined / "exercise.py").write_text(whole)
    assert lab.shows("/lab/", "packing_list(1000)").status == 200


def test_an_exception_in_a_call_is_shown_with_its_line(start_lab, plain):
    plain("def one():\n    return 1 // 0\n")
    lab = start_lab("plain")
    text = lab.get("/lab/?call=one()").text
    assert "<strong>ZeroDivisionError</strong>" in text
    assert "exercise.py:2</code> <code>return 1 // 0</code>" in text


@some_seconds
def test_size_is_kept_at_the_next_start(start_lab, joined):
    lab = start_lab("joined")
    assert lab.post("/lab/size/", size="16", call="open_loans()").status == 302
    assert "<strong>641 queries</strong>" in lab.get(PACKING).text
    (joined / "exercise.py").write_text((joined / SOLUTION).read_text())
    lab.shows(PACKING, "<strong>1 query</strong>")
    assert 'name="size" value="16"' in lab.get("/lab/").text


@pytest.mark.parametrize("size", ["0", "many", "", "9999999999"])
def test_wrong_size_is_refused_with_a_sentence(shared_labs, size):
    lab = shared_labs("plain")
    answer = lab.post("/lab/size/", size=size)
    text = asked("GET", f"{lab.address}/lab/", cookies=lab.cookies | answer.cookies).text
    assert f"{size!r} is no size" in html.unescape(text)


def test_plain_python_shows_counts_memory_and_time_by_size(start_lab, plain):
    counted = LAB + "sizes = (10, 1000)\nunit = 'steps'\ndef count(): return exercise.steps\n"
    counted += "def populate(size): exercise.size = size\n"
    plain(
        "size = steps = 0\n\ndef one():\n    global steps\n    steps += size\n"
        "    return len([n for n in range(size * 100)])\n",
        lab=counted,
    )
    lab = start_lab("plain")
    assert "<strong>1,000 steps</strong>" in lab.get("/lab/?call=one()").text
    text = lab.get("/lab/sizes/?call=one()").text
    rows = re.findall(r'row" class="num">([\d,]+)</th><td class="num">([\d,]+)</td><td', text)
    assert rows == [("10", "10"), ("1,000", "1,000")]
    assert "Steps: it grows with the data." in text
    assert re.search(r">\d\.?\d* MiB<|>\d{3,} KiB<", text)


def test_silk_records_a_call_by_the_button(shared_labs):
    lab = shared_labs("joined")
    answer = lab.post("/lab/profile/", call="packing_list(1000)")
    page = lab.get(answer.headers["Location"])
    assert "packing_list(1000)" in page.words
    assert "321 queries" in page.words
    assert "packing_list(1000)" in lab.get(f"{answer.headers['Location']}profiling/").text
    # What Silk did for that call is not there for the next.
    assert "<strong>321 queries</strong>" in lab.get(PACKING).text


@some_seconds
def test_profile_without_a_lab_prints_the_link_and_stays_until_enter(start_lab, joined):
    keyboard, terminal = os.openpty()
    lab = start_lab("joined", "--profile", "packing_list(1000)", terminal=terminal)
    wait_for(lambda: "Enter or Ctrl-C ends it" in lab.words)
    assert "No lab of joined is open: this one is, for the record." in lab.words
    path = re.search(r"\?to=(\S+)", lab.words)[1]
    queries = re.search(r"(\d+) queries", lab.get(path).words)[1]
    assert queries == "321"
    os.write(keyboard, b"\n")
    assert lab.process.wait(30) == 0
    for each in (keyboard, terminal):
        os.close(each)


def test_profile_of_no_call_without_a_lab_ends(start_lab, plain):
    plain("def one():\n    return 1\n")
    lab = start_lab("plain", "--profile", "nothing()")
    assert lab.process.wait(60) == 4
    assert "has no call 'nothing()'. Its calls: one()." in lab.words


def test_profile_of_an_open_lab_asks_it(shared_labs):
    lab = shared_labs("joined")
    second = shared_labs("joined", "--profile")
    assert second.process.wait(60) == 0
    assert lab.get(re.search(r"\?to=(\S+)", second.words)[1]).status == 200
    wrong = shared_labs("joined", "--profile", "nothing()")
    assert wrong.process.wait(60) == 4
    assert "has no call 'nothing()'. Its calls: packing_list(1000); open_loans();" in wrong.words


def test_reference_is_beside_it_after_a_pass_and_not_before(start_lab, joined, root, state, manage):
    lab = start_lab("joined")
    assert "Reference beside it" not in lab.get(PACKING).text
    assert "The reference" not in lab.get(f"{PACKING}&reference=1").text
    (joined / "exercise.py").write_text((joined / SOLUTION).read_text())
    assert manage("kata", "joined", env={"KATA_PATH": str(root)})[0] == 0
    lab.shows(PACKING, "Reference beside it")
    (joined / "exercise.py").write_text((joined / "author/stub/exercise.py").read_text())
    text = lab.shows(f"{PACKING}&reference=1", "<strong>321 queries</strong>").text
    assert "<strong>1 query</strong>" in text.partition("The reference")[2]


API = """from rest_framework import generics, serializers

from core.bookshop.models import Book


class BookSerializer(serializers.ModelSerializer):
    publisher = serializers.CharField(source="publisher.name")

    class Meta:
        model = Book
        fields = ["title", "publisher"]


class Books(generics.ListAPIView):
    queryset = Book.objects.all()
    serializer_class = BookSerializer
"""
URLS = """from django.urls import path

from . import views

urlpatterns = [path("books/", views.Books.as_view())]
"""
FILL = """from core.bookshop.generator import generate


def populate(size):
    generate(books=size)


calls = {}
"""
SETTINGS = """uses = ["core.bookshop"]
database = "memory"
[settings.REST_FRAMEWORK]
DEFAULT_RENDERER_CLASSES = ["rest_framework.renderers.JSONRenderer"]"""


def test_toolbar_or_silk_looks_at_the_katas_own_api_never_both(start_lab, root):
    write_kata(root, "books", "views.py", SETTINGS, views=API, urls=URLS, lab=FILL)
    lab = start_lab("books")
    assert 'href="/books/"' in lab.get("/lab/").text
    answer = lab.get("/books/")
    assert len(json.loads(answer.text)) == 64
    assert answer.headers["djdt-request-id"]
    assert "SQL 65 queries" in answer.headers["Server-Timing"]
    page = lab.get("/books/", Accept="text/html")
    assert "djDebug" in page.text
    assert "bootstrap.min.css" in page.text
    lab.cookies |= lab.post("/lab/look/", **{"with": "silk"}).cookies
    answer = lab.get("/books/")
    assert "djdt-request-id" not in answer.headers
    recorded = lab.get("/lab/silk/requests/").words
    assert "/books/" in recorded
    assert "65 queries" in recorded


def test_models_have_their_admin_without_a_login(start_lab, root):
    models = "from django.db import models\n\n\nclass Shelf(models.Model):\n"
    models += "    name = models.CharField(max_length=9)\n"
    folder = write_kata(root, "shelves", "models.py", 'database = "memory"', models=models)
    lab = start_lab("shelves")
    assert 'href="/lab/admin/shelves/shelf/"' in lab.get("/lab/").text
    added = lab.post("/lab/admin/shelves/shelf/add/", name="A1")
    assert (added.status, added.words[:400]) == (302, "")
    assert "Shelf object (1)" in lab.get("/lab/admin/shelves/shelf/").text
    (folder / "models.py").write_text(models.replace("name", "label"))
    lab.shows("/lab/admin/shelves/shelf/add/", "Label:")  # tables are made from the models anew


def test_it_ends_with_its_owner(start_lab, plain):
    plain("def one():\n    return 1\n")
    lab = start_lab("plain")
    wait_for(lambda: len(lab.servers()) == 2)
    os.kill(lab.process.pid, signal.SIGKILL)
    lab.process.wait()
    wait_for(lambda: lab.servers() == [])
