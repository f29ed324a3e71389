"""The lab in a real Chromium: the toolbar's panels, Silk by its button, and a save that shows itself."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import beyond_window, serious
from tests.cockpit.verdicts import copy_kata
from tests.conftest import in_ci
from tests.lab.conftest import starting

PACKING = "/lab/?call=packing_list(1000)"
TOOLBAR = "#djDebugRoot"
SOON = 30_000  # milliseconds for a save to show on a busy machine


@pytest.fixture(scope="module")
def opened(tmp_path_factory, migrated):
    """The lab of a copy of select_related, and that copy's folder."""
    folder = tmp_path_factory.mktemp("lab")
    joined = copy_kata(folder / "copies", "joined")
    state = shutil.copytree(migrated, folder / "state")
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
