"""Katas run from their pages, live: a real browser, web server, broker and worker, started as by hand."""

import re
import shutil
import urllib.request
from http.cookiejar import CookieJar

import pytest
from playwright.sync_api import expect

from tests import database
from tests.browser.conftest import Site, beyond_window, serious
from tests.cockpit.verdicts import copy_kata
from tests.conftest import in_ci
from tests.serve.conftest import Served
from tests.worker.workspace import OPEN

some_seconds = in_ci("some seconds in the browser")


@pytest.fixture(scope="module")
def served(tmp_path_factory, migrated):
    """The whole workspace, which judges one run at once; beside the katas, one that waits at a gate."""
    folder = tmp_path_factory.mktemp("served")
    served = Served(folder, database.copy(migrated, folder / "state"))
    copy_kata(folder / "gates", "joined")
    served.start("--runs", "1")
    yield served
    served.close()


@pytest.fixture(scope="module")
def site(served):
    jar = CookieJar()
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(served.link).close()
    (session,) = [cookie.value for cookie in jar if cookie.name == "sessionid"]
    return Site(served.url, session, served.folder / "gates" / "orm" / "joined")


@pytest.fixture
def gate(served):
    """At the end nothing waits at it, also after a test that failed."""
    yield served.gate
    cancelled = "UPDATE core_run SET status = 'cancelled' WHERE status IN (?, ?)"
    database.rows(served.state, cancelled, *OPEN)


@pytest.fixture
def solve(site):
    """Have the solution in place of the learner's file; as shipped again at the end."""
    mine = site.kata / "exercise.py"
    before = mine.read_bytes()
    yield lambda: shutil.copy(site.kata / "author" / "solution" / "exercise.py", mine)
    mine.write_bytes(before)


def run(page, slug: str) -> None:
    page.goto(f"/admin/katas/{slug}/")
    page.get_by_role("button", name="Run", exact=True).click()


def run_selected(page, *slugs: str) -> None:
    page.goto("/admin/core/kata/")
    for slug in slugs:
        page.get_by_role("row").filter(has=page.get_by_text(slug, exact=True)).get_by_role(
            "checkbox"
        ).check()
    page.get_by_label("Action:").select_option("Run the selected katas")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/runs/batch/\d+/$"))


def words(page):
    return page.locator("#words")


def polls(page):
    return page.locator("[hx-trigger*=every]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_front_page_says_how_the_queue_is_while_it_is_open(open_page, gate, scheme):
    page = open_page(scheme=scheme)
    run(page, "gate")
    gate.reached()
    page.goto("/admin/")
    queue = page.get_by_role("region", name="Queue")
    expect(queue).to_contain_text("Runs from the browser are judged as they come.")
    expect(queue).to_contain_text("0 waiting · 1 running · 1 worker alive")
    assert serious(page) == []
    gate.open()
    expect(queue).to_contain_text("0 waiting · 0 running · 1 worker alive")
    for width in (400, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert beyond_window(page) == 0, width


def test_kata_is_run_by_keyboard_and_its_verdict_comes_without_a_reload(page, gate):
    page.goto("/admin/katas/gate/")
    page.evaluate("window.kept = true")
    button = page.get_by_role("button", name="Run", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    gate.reached()
    expect(words(page)).to_contain_text("1 of 2 cases")
    expect(page.get_by_role("list", name="Cases so far").get_by_role("listitem")).to_have_text(
        [re.compile("passed first"), re.compile("running through")]
    )
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "1")
    expect(button).to_be_focused()
    gate.open()
    expect(words(page)).to_contain_text("2 of 2 cases pass")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(polls(page)).to_have_count(0)
    expect(button).to_be_focused()
    assert page.evaluate("window.kept")


def test_verdict_brings_marks_attempts_and_the_solution(page, solve):
    run(page, "joined")
    expect(words(page)).to_contain_text("failed")
    page.evaluate("window.kept = true")
    expect(page.locator("#task-1")).to_contain_text("failed")
    expect(page.get_by_role("heading", name="Attempts")).to_have_count(0)
    solve()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(words(page)).to_contain_text("passed")
    expect(page.locator("#task-1")).to_contain_text("passed")
    expect(page.locator("#facts")).to_contain_text("passed")
    expect(page.locator("#verdict")).to_contain_text("packing list")
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
    expect(page.locator("#own pre")).to_contain_text("select_related")
    expect(page.locator("#answer pre").first).to_contain_text("select_related")
    assert page.evaluate("window.kept")


def test_run_is_cancelled_and_the_focus_stays_near(page, gate):
    run(page, "gate")
    gate.reached()
    button = page.get_by_role("button", name="Cancel run")
    button.focus()
    page.keyboard.press("Enter")
    expect(words(page)).to_contain_text("cancelled")
    expect(polls(page)).to_have_count(0)
    expect(words(page).get_by_role("link")).to_be_focused()
    gate.abandoned()


@some_seconds
def test_second_click_follows_the_run_of_the_first(open_page, gate):
    first, second = open_page(), open_page()
    run(first, "gate")
    gate.reached()
    run(second, "gate")
    expect(words(second)).to_contain_text("1 of 2 cases")
    second.get_by_role("button", name="Cancel run").click()
    expect(words(first)).not_to_contain_text("1 of 2 cases")
    expect(polls(first)).to_have_count(0)
    gate.abandoned()


def test_place_in_the_queue_is_told_and_counts_down(open_page, gate):
    first, second, third = open_page(), open_page(), open_page()
    run(first, "gate")
    gate.reached()
    run(second, "joined")
    expect(words(second)).to_contain_text("next in the queue")
    run(third, "iterators")
    expect(words(third)).to_contain_text("1 run before it")
    second.get_by_role("button", name="Cancel run").click()
    expect(words(third)).to_contain_text("next in the queue")
    gate.open()
    expect(words(third)).to_contain_text("failed")


def test_page_of_a_run_is_live(page, gate):
    run(page, "gate")
    gate.reached()
    page.goto(re.search(r"/admin/runs/\d+/", page.locator("#live-part").get_attribute("hx-get"))[0])
    page.evaluate("window.kept = true")
    expect(words(page)).to_contain_text("1 of 2 cases")
    gate.open()
    expect(words(page)).to_contain_text("2 of 2 cases pass")
    expect(page.locator("#verdict")).to_contain_text("Go through")
    expect(page.locator("#judged pre")).to_contain_text("def go()")
    expect(polls(page)).to_have_count(0)
    assert page.evaluate("window.kept")


def test_selected_katas_are_a_batch_to_follow(page, gate):
    run_selected(page, "gate", "joined")
    gate.reached()
    page.evaluate("window.kept = true")
    expect(words(page)).to_contain_text("0 of 2 done")
    row = page.get_by_role("row").filter(has_text="gate")
    expect(row).to_contain_text("running")
    expect(row).to_contain_text("1 of 2")
    link = page.get_by_role("link", name="joined", exact=True)
    link.focus()
    gate.open()
    expect(words(page)).to_contain_text("2 of 2 done")
    expect(row).to_contain_text("passed")
    expect(link).to_be_focused()
    expect(polls(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel all")).to_have_count(0)
    assert page.evaluate("window.kept")
    page.get_by_role("link", name="gate", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/katas/gate/$"))


@some_seconds
def test_open_batch_is_found_from_the_front_page_and_cancelled(page, gate):
    run_selected(page, "gate", "joined")
    gate.reached()
    page.goto("/admin/")
    page.get_by_role("link", name="Batch").click()
    page.get_by_role("button", name="Cancel all").click()
    expect(words(page)).to_contain_text("2 of 2 done")
    expect(words(page)).to_contain_text("cancelled 2")
    gate.abandoned()
    page.goto("/admin/")
    expect(page.get_by_role("link", name="Batch")).to_have_count(0)


@some_seconds
def test_run_without_scripts(open_page, gate):
    page = open_page(java_script_enabled=False)
    run(page, "gate")
    expect(page).to_have_url(re.compile(r"/admin/runs/\d+/$"))
    gate.reached()
    page.get_by_role("link", name="Look again").click()
    expect(words(page)).to_contain_text("1 of 2 cases")
    page.get_by_role("button", name="Cancel run").click()
    expect(words(page)).to_contain_text("cancelled")
    gate.abandoned()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (400, "dark"),
        pytest.param(400, "light", marks=some_seconds),
        pytest.param(1280, "light", marks=some_seconds),
        pytest.param(1280, "dark", marks=some_seconds),
    ],
)
def test_live_pages_are_accessible_and_fit(open_page, gate, scheme, width):
    page = open_page(scheme=scheme, width=width)
    run_selected(page, "gate", "joined")
    gate.reached()
    batch = page.url
    expect(words(page)).to_contain_text("running 1")
    looks_right(page)
    addresses = [
        page.get_by_role("link", name=re.compile(r"Run \d+ of")).first.get_attribute("href")
    ]
    addresses += ["/admin/katas/gate/", "/admin/katas/joined/", "/admin/"]
    for address in addresses:
        page.goto(address)
        looks_right(page)
    gate.open()
    page.goto(batch)
    expect(words(page)).to_contain_text("2 of 2 done")
    looks_right(page)


def looks_right(page) -> None:
    assert serious(page) == []
    assert beyond_window(page) == 0
