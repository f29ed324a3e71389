"""Practice in a real browser: what is due, graded repeats, questions, paths, marks in the list."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import beyond_window, serious
from tests.conftest import in_ci, often

PAGES = {
    "front": "/admin/",
    "questions": "/admin/practice/questions/",
    "questions of a kata": "/admin/practice/questions/?kata=joined&done=1",
    "no question left": "/admin/practice/questions/?kata=joined&done=9",
    "a repeat": "/admin/practice/again/joined/",
    "kata that is due": "/admin/katas/joined/",
    "katas that are due": "/admin/core/kata/?practice=due",
}


@pytest.mark.parametrize(
    "scheme", ["dark", pytest.param("light", marks=in_ci("the second scheme"))]
)
@pytest.mark.parametrize(
    "name", often(PAGES, "front", "questions", "a repeat", else_in_ci="a page each")
)
def test_page_is_accessible_and_fits_its_window(open_page, name, scheme):
    page = open_page(scheme=scheme)
    page.goto(PAGES[name])
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for width in (400, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert serious(page) == [], width
        assert beyond_window(page) == 0, width


def test_question_is_answered_by_keyboard_alone(page):
    page.goto("/admin/practice/questions/?kata=joined")
    question = page.get_by_role("heading", level=2)
    expect(page.get_by_text("1 of 3")).to_be_visible()
    first = question.inner_text()
    expect(page.get_by_role("group", name="How well did you know it?")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    good = page.get_by_role("button", name=re.compile("^Good in about "))
    expect(good).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if good.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("It comes again on ")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    assert question.inner_text() != first
    expect(page.locator("summary")).to_be_focused()


def test_what_is_due_is_asked_until_nothing_is_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile(r"Answer \d questions?")).click()
    left = int(page.get_by_text(re.compile(r"^1 of \d$")).inner_text()[-1])
    for number in range(1, left + 1):
        expect(page.get_by_text(f"{number} of {left}", exact=True)).to_be_visible()
        page.get_by_text("Show the answer").click()
        page.get_by_role("button", name="Easy").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{left} answered")
    page.get_by_role("link", name="To the front page").click()
    expect(page.get_by_role("link", name=re.compile("Answer"))).to_have_count(0)


def test_repeat_asks_first_and_shuts_the_solution(page, site):
    (site.kata / "exercise.py").write_text("mine\n")
    page.goto("/admin/")
    page.get_by_role("link", name="Start again joined").click()
    page.get_by_role("link", name="Keep my files").click()
    assert (site.kata / "exercise.py").read_text() == "mine\n"
    expect(page.locator("#answer pre").first).to_be_visible()
    page.get_by_role("link", name="Start again").click()
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".messagelist")).to_contain_text("Yours is in")
    assert "mine" not in (site.kata / "exercise.py").read_text()
    expect(page.get_by_text("the next pass is graded", exact=True)).to_be_visible()
    expect(page.locator("#answer pre")).to_have_count(0)
    page.goto("/admin/")
    due = page.get_by_role("region", name="Due for practice")
    expect(due.get_by_text("repeat is open")).to_be_visible()
    due.get_by_role("link", name="Open joined").click()
    expect(page).to_have_url(re.compile("/admin/katas/joined/$"))


def test_path_is_chosen_says_what_is_next_and_is_left(page):
    page.goto("/admin/")
    page.get_by_text("Choose a path").click()
    page.get_by_role("button", name="Follow Performance").click()
    expect(page.locator(".messagelist")).to_have_text("You follow the path Performance.")
    expect(page.locator(".next .action")).to_have_text("Open select_related")
    page.get_by_text(re.compile(r"All \d+ katas of it")).click()
    expect(page.locator(".steps a[aria-current]")).to_have_text("select_related")
    page.get_by_text("Choose another").click()
    page.get_by_role("button", name="Leave Performance").click()
    expect(page.locator(".messagelist")).to_have_text("You follow no path.")
    expect(page.locator(".next .action")).to_have_text("Open iterators")


def test_katas_are_marked_found_and_taken_back(page):
    page.goto("/admin/core/kata/?q=strategy")
    act(page, "Mark the selected katas for practice")
    expect(page.locator(".messagelist")).to_have_text("Marked for practice: 1 kata, due now.")
    expect(page.locator(".field-due")).to_have_text(re.compile("planned"))
    page.get_by_role("link", name="due", exact=True).click()
    expect(page.locator(".kata-slug")).to_have_text(["strategy"])
    page.goto("/admin/")
    planned = page.locator(".due-katas li").filter(has_text="planned")
    expect(planned).to_have_count(2)
    page.goto("/admin/core/kata/?q=strategy")
    act(page, "Take the mark for practice back")
    expect(page.locator(".messagelist")).to_have_text("Marks taken back: 1 kata.")
    expect(page.locator(".field-due")).to_have_text("")


def act(page, action: str) -> None:
    """Do this with the one kata of the list."""
    page.locator("input.action-select").check()
    page.get_by_label("Action:").select_option(action)
    page.get_by_role("button", name="Go").click()
