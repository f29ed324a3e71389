"""The lab in a real Chromium: the toolbar's panels, Silk by its button, and a save that shows itself."""

import re

import pytest
from playwright.sync_api import expect

from tests import database
from tests.browser.conftest import beyond_window, serious
from tests.cockpit.verdicts import copy_kata
from tests.conftest import in_ci
from tests.lab import test_lab, test_own_pages
from tests.lab.conftest import root, start_lab, starting, write_kata  # noqa: F401 - fixtures

PACKING = "/lab/?call=packing_list(1000)"
TOOLBAR = "#djDebugRoot"
SOON = 30_000  # milliseconds for a save to show on a busy machine


@pytest.fixture(scope="module")
def opened(tmp_path_factory, migrated):
    """The lab of a copy of select_related, and that copy's folder."""
    folder = tmp_path_factory.mktemp("lab")
    joined = copy_kata(folder / "copies", "joined")
    state = database.copy(migrated, folder / "state")
    with starting(folder / "copies", state, folder) as start:
        yield start("joined"), joined


@pytest.fixture
def joined(opened):
    """The folder of the kata, whose file and size are as shipped again at the end."""
    lab, folder = opened
    shipped = (folder / "author" / "stub" / "exercise.py").read_text()
    yield folder
    (folder / "exercise.py").write_text(shipped)
    lab.shows("/lab/", "packing_list(1000)")
    lab.post("/lab/size/", size="8")
    lab.shows(PACKING.replace(" ", "%20"), "<strong>321 queries</strong>")


@pytest.fixture
def lab(opened, joined):
    return opened[0]


@pytest.fixture
def open_lab(chromium, lab):
    """Open a window that has followed the lab's link; at the end, nothing may have been complained of."""
    contexts, complaints = [], []

    def make(path, *, width=1280, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=lab.address
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None,
        )
        page.goto(lab.link)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def test_toolbar_shows_the_n_plus_1_with_the_learners_line(open_lab):
    page = open_lab(PACKING)
    page.locator("#djShowToolBarButton").click()
    page.locator("#djdt-SQLPanel a.SQLPanel").click()
    panel = page.locator("#SQLPanel")
    expect(panel).to_contain_text("321 queries", timeout=SOON)
    expect(panel).to_contain_text("80 similar queries")
    panel.locator("tr.djSelected, .djToggleSwitch").nth(2).click()
    traces = panel.locator(".djDebugSource, .djdt-stack, pre.djdt-stack").all_inner_texts()
    assert "exercise.py" in " ".join([*traces, panel.inner_html()])


@in_ci("five seconds in the browser")
def test_silk_page_opens_from_the_button(open_lab):
    page = open_lab(PACKING)
    page.get_by_role("button", name="Profile in Silk").click()
    expect(page).to_have_url(re.compile(r"/lab/silk/request/[0-9a-f-]{36}/$"), timeout=SOON)
    expect(page.locator("body")).to_contain_text("321 queries")


def test_save_shows_new_code_and_a_syntax_error_shows_and_heals(open_lab, joined):
    page = open_lab(PACKING)
    cost = page.locator(".summary strong")
    expect(cost).to_have_text("321 queries")
    stub, solution = (
        (joined / "author" / name / "exercise.py").read_text() for name in ("stub", "solution")
    )
    (joined / "exercise.py").write_text(solution)
    expect(cost).to_have_text("1 query", timeout=SOON)  # nobody reloads the page
    (joined / "exercise.py").write_text(stub.replace("limit: int)", "limit: int", 1))
    expect(page.locator(".problem-note")).to_contain_text("SyntaxError", timeout=SOON)
    expect(page.locator(".problem-note")).to_contain_text("exercise.py:6")
    (joined / "exercise.py").write_text(stub)
    expect(cost).to_have_text("321 queries", timeout=SOON)


@pytest.mark.parametrize(
    "scheme", ["light", pytest.param("dark", marks=in_ci("the second scheme"))]
)
def test_pages_are_accessible_and_fit(open_lab, joined, scheme):
    page = open_lab("/lab/", scheme=scheme)
    for path in ("/lab/", PACKING, "/lab/sizes/?call=open_loans()", "/lab/?call=none"):
        page.goto(path)
        opened = "document.querySelectorAll('details').forEach(each => { each.open = true })"
        page.evaluate(opened)
        assert serious(page, but=TOOLBAR) == [], path
        for width in (400, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert beyond_window(page) == 0, (path, width)
    (joined / "exercise.py").write_text("def packing_list(:\n")
    expect(page.locator(".problem-note")).to_contain_text("SyntaxError", timeout=SOON)
    assert serious(page) == []


def test_size_is_chosen_and_plans_open_by_keyboard(open_lab):
    page = open_lab(PACKING)
    page.get_by_label("Size").fill("16")
    page.get_by_label("Size").press("Enter")
    expect(page.locator(".summary strong")).to_have_text("641 queries")
    page.locator("details.asked summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.asked").first).to_contain_text("It searches")


SETTINGS = f"""uses = ["core.bookshop"]
{test_own_pages.SETTINGS}
[settings.REST_FRAMEWORK]
DEFAULT_RENDERER_CLASSES = ["rest_framework.renderers.JSONRenderer"]"""
URLS = """from django.urls import path

from . import api, views

urlpatterns = [path("greet/", views.greet, name="greet"), path("books/", api.Books.as_view())]
"""
LAB = f"""{test_own_pages.LAB.replace("populate", "users")}
from core.bookshop.generator import generate


def populate(size):
    users(size)
    generate(books=size)
"""


def test_own_pages_and_api_after_log_in(chromium, start_lab, root):  # noqa: F811 - the fixtures
    views = test_own_pages.VIEWS.replace("{len(names)}", "{len(names)}</body>")
    files = {"views": views, "api": test_lab.API, "urls": URLS, "lab": LAB}
    write_kata(root, "greeter", "views.py", SETTINGS, **files)
    running = start_lab("greeter")
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, base_url=running.address)
    refused = []
    page.on("response", lambda r: refused.append(r.url) if r.status >= 400 else None)
    page.goto(running.link)
    page.get_by_role("button", name="Log in as ada").click()
    page.get_by_role("link", name="/greet/", exact=True).click()
    expect(page.locator("body")).to_contain_text("Hello ada of 10")
    page.locator("#djShowToolBarButton").click()
    page.locator("#djdt-SQLPanel a.SQLPanel").click()
    panel = page.locator("#SQLPanel")
    expect(panel).to_contain_text("11 similar queries")
    panel.locator(".djToggleSwitch").nth(4).click()
    expect(panel).to_contain_text("labs/greeter/views.py in greet")
    page.goto("/books/")
    expect(page.locator(".navbar")).to_have_css("background-color", "rgb(44, 44, 44)")  # its styles
    expect(page.locator("#djdt-SQLPanel")).to_contain_text("10 queries")
    page.goto("/lab/")
    asked = "fetch('/books/', {headers: {Accept: 'application/json'}}).then(r => r.json())"
    assert len(page.evaluate(asked)) == 8
    expect(page.locator("#djdt-HistoryPanel")).to_contain_text("/books/")  # it has heard of it
    page.locator("#djdt-HistoryPanel a.HistoryPanel").click()
    expect(page.locator("#HistoryPanel tr", has_text="/books/")).to_have_count(2)
    page.close()
    assert refused == []
