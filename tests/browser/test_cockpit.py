"""The cockpit in a real browser: every page's looks and access, and each thing that one does there."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import beyond_window, serious
from tests.conftest import in_ci, often

PAGES = {
    "front": "/admin/",
    "katas": "/admin/core/kata/",
    "no katas": "/admin/core/kata/?q=nothing",
    "kata": "/admin/katas/joined/",
    "kata that is new": "/admin/katas/iterators/",
    "compare": "/admin/katas/joined/compare/?old=1&new=3",
    "reset": "/admin/reset/?kata=joined",
    "runs": "/admin/core/run/",
    "no runs": "/admin/core/run/?status=cancelled&year=2020",
    "run": "/admin/runs/1/",
    "run with an error": "/admin/runs/2/",
    "tables": "/admin/tables/",
}
STOCK = {
    "users": "/admin/auth/user/",
    "a user": "/admin/auth/user/1/change/",
    "add a book": "/admin/bookshop/book/add/",
    "orders": "/admin/bookshop/order/",
    "add an order": "/admin/bookshop/order/add/",
    "help": "/admin/core/help/",
}


@pytest.mark.parametrize(
    "scheme", ["light", pytest.param("dark", marks=in_ci("the second scheme"))]
)
@pytest.mark.parametrize(
    "name",
    often(PAGES, "front", "katas", "kata", "compare", "runs", "run", else_in_ci="a page each"),
)
def test_page_is_accessible_and_fits_its_window(open_page, name, scheme):
    page = open_page(scheme=scheme)
    page.goto(PAGES[name])
    for width in (400, 1600, 1000):
        page.set_viewport_size({"width": width, "height": 900})
        assert beyond_window(page) == 0, width
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert serious(page) == []


def test_stock_pages_work_within_the_policy(page):
    for name, path in STOCK.items():
        assert page.goto(path).status == 200, name


def test_stock_widgets_work_within_the_policy(page):
    page.goto("/admin/bookshop/order/add/")
    page.get_by_role("link", name="Today").click()
    expect(page.locator("#id_placed_at_0")).not_to_have_value("")
    page.locator(".select2-selection").first.click()
    expect(page.locator(".select2-dropdown")).to_be_visible()


def test_keyboard_alone_leads_to_a_kata(page):
    page.goto("/admin/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/katas/\w+/$"))


def test_theme_can_be_chosen(page):
    page.goto("/admin/katas/joined/")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.locator(".theme-toggle").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) != before
    code = page.locator("pre.code").first
    assert code.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(27, 29, 31)"


def test_motion_is_left_out_where_it_is_not_wanted(open_page):
    page = open_page(reduced_motion="reduce")
    page.goto("/admin/reset/?kata=joined")
    button = page.get_by_role("button", name="Start afresh")
    assert button.evaluate("each => getComputedStyle(each).transitionDuration") == "0s"


def test_katas_are_found_filtered_and_opened(page):
    page.goto("/admin/core/kata/")
    page.get_by_role("textbox").fill("n+1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".kata-slug")).to_contain_text(["joined", "select_related"])
    page.get_by_role("link", name="passed", exact=True).click()
    expect(page.locator(".kata-slug")).to_have_text(["joined"])
    page.get_by_role("link", name="Follow foreign keys").click()
    expect(page).to_have_url(re.compile("/admin/katas/joined/$"))


def test_hint_comes_without_a_reload_and_keeps_the_focus_near(page):
    page.goto("/admin/katas/joined/")
    page.evaluate("window.kept = true")
    button = page.get_by_role("button", name="Show a hint for task 3")
    button.focus()
    page.keyboard.press("Enter")
    hints = page.locator("#hints-3")
    expect(hints.get_by_role("listitem")).to_have_count(1)
    expect(hints.get_by_role("button", name="One hint more for task 3")).to_be_focused()
    # It has its focus some milliseconds before htmx listens to it; a form that works without is sent.
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-added, .htmx-settling')")
    page.keyboard.press("Enter")
    expect(hints.get_by_role("listitem")).to_have_count(2)
    assert page.evaluate("window.kept")
    page.reload()
    expect(page.locator("#hints-3").get_by_role("listitem")).to_have_count(2)


def test_hint_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/admin/katas/joined/")
    page.get_by_role("button", name="Show a hint for task 2").click()
    expect(page.locator("#hints-2").get_by_role("listitem")).to_have_count(1)


def test_error_run_without_workers_is_a_sentence_in_place(page):
    page.goto("/admin/katas/joined/")
    page.evaluate("window.kept = true")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#words")).to_contain_text("Start all parts of the workspace at once")
    assert serious(page) == []
    assert page.evaluate("window.kept")


def test_giving_up_asks_for_a_second_step(page):
    page.goto("/admin/katas/iterators/")
    give_up = page.get_by_role("button", name="Give up and show the solution")
    expect(give_up).to_be_hidden()
    page.get_by_text("Or give up now").click()
    give_up.click()
    expect(page.locator("#answer pre").first).to_contain_text("class LineIterator")


def test_attempts_are_compared(page):
    page.goto("/admin/katas/joined/")
    page.get_by_text("As a table, and compare two").click()
    page.get_by_role("radio", name="Run 1 as the old one").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Run 3 beside run 1")
    expect(page.get_by_label("Difference of the code")).to_contain_text("-x = 1")


def test_starting_afresh_asks_and_tells_where_the_file_is(page, site):
    (site.kata / "exercise.py").write_text("mine\n")
    page.goto("/admin/katas/joined/")
    page.get_by_role("link", name="Start afresh").click()
    page.get_by_role("link", name="Keep my files").click()
    assert (site.kata / "exercise.py").read_text() == "mine\n"
    page.get_by_role("link", name="Start afresh").click()
    page.get_by_role("button", name="Start afresh").click()
    expect(page.locator(".messagelist")).to_contain_text("Yours is in")
    assert "mine" not in (site.kata / "exercise.py").read_text()


def test_runs_are_filtered_and_exported(page):
    page.goto("/admin/core/run/")
    filters = page.get_by_label("Filter")
    filters.get_by_role("link", name="failed").click()
    expect(page.locator("table.runs tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("1,joined,orm,exercise,failed")


def test_anonymous_gets_the_login(open_page):
    page = open_page(logged_in=False)
    page.goto("/admin/katas/joined/")
    expect(page).to_have_url(re.compile(r"/admin/login/\?next=/admin/katas/joined/"))
    assert serious(page) == []
