"""Practice in the cockpit: what is due, graded repeats, questions, paths, marks in the list."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from core import catalogue, paths, runs
from core.documents import questions as questions_in
from core.models import Card, Following, Review
from core.practice import cards, following, grading, questions
from tests.cockpit.test_pages import EVIL, words
from tests.cockpit.verdicts import verdict

KATAS, QUESTIONS = "/admin/core/kata/", "/admin/practice/questions/"
AGAIN = "/admin/practice/again/joined/"


@pytest.fixture
def other():
    return get_user_model().objects.create_superuser("other")


@pytest.fixture
def passed(kata, learner):
    """The kata after its first pass: it comes again, and its questions are due."""
    grading.store(verdict(kata, "passed", queries=1), None, kata=kata)
    return kata


def text(response) -> str:
    assert response.status_code == 200
    return words(response.content.decode())


def fields(response) -> dict[str, str]:
    """What the form of a question would send."""
    page = response.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


class TestFront:
    def test_nothing_is_due_before_the_first_pass(self, me, kata):
        found = text(me.get("/admin/"))
        assert "Due for practice Nothing yet. A kata comes again" in found
        assert "Path You follow none: what is next goes by the tracks." in found

    def test_what_is_due_and_when_the_next_comes(self, me, passed):
        found = text(me.get("/admin/"))
        number = len(questions_in(passed))
        assert f"Due for practice Answer {number} questions The next card comes in " in found
        cards.mark([passed.uuid, str(runs.row(catalogue.get("strategy")).pk)])
        found = text(me.get("/admin/"))
        planned, due = found.index("◇ planned Open"), found.index("↻ due Start again")
        assert planned < due
        grading.again(passed)
        assert "▸ repeat is open Open" in text(me.get("/admin/"))

    def test_many_are_a_few_and_a_way_to_the_rest(self, me):
        katas = catalogue.catalogue().katas
        cards.mark([str(runs.row(kata).pk) for kata in katas])
        page = me.get("/admin/").content.decode()
        assert page.count("◇") == 5
        assert f"{len(katas) - 5} more katas" in words(page)
        assert 'href="/admin/core/kata/?practice=due"' in page

    def test_next_is_of_the_path_that_is_followed(self, me, learner):
        path = paths.get("performance")
        assert me.post("/admin/practice/path/", {"path": path.name}).url == "/admin/"
        found = text(me.get("/admin/"))
        first = path.of(catalogue.catalogue())[0]
        assert f"Next {first.title}" in found
        assert f"{path.title} 0 of {len(path.katas)} passed" in found
        me.post("/admin/practice/path/", {"path": "none"})
        assert not Following.objects.exists()

    def test_error_no_such_path(self, me):
        response = me.post("/admin/practice/path/", {"path": "performnce"})
        assert response.status_code == 409
        assert "There is no path 'performnce'." in words(response.content.decode())
        assert me.get("/admin/practice/path/").status_code == 405

    def test_path_that_does_not_read_is_told_of(self, me, kata):
        folder = kata.folder.parents[1] / "paths"
        folder.mkdir()
        (folder / "mine.toml").write_text("title = 1")
        assert "mine.toml: title is missing or no text." in text(me.get("/admin/"))

    def test_others_cards_and_paths_are_not_shown(self, me, kata, other):
        grading.store(verdict(kata, "passed"), None, kata=kata, learner=other)
        cards.mark([kata.uuid], other)
        following.follow("performance", other)
        found = text(me.get("/admin/"))
        assert "Nothing yet." in found
        assert "You follow none" in found


class TestAgain:
    def test_asks_first(self, me, passed):
        (passed.folder / "exercise.py").write_text("mine\n")
        assert "exercise.py will be as shipped." in text(me.get(AGAIN))
        assert (passed.folder / "exercise.py").read_text() == "mine\n"
        assert not cards.of_kata(passed).repeated

    def test_opens_a_graded_repeat_and_shuts_the_answers(self, me, passed):
        (passed.folder / "exercise.py").write_text("mine\n")
        assert "Named paths only." in text(me.get("/admin/katas/joined/"))
        assert me.post(AGAIN).url == "/admin/katas/joined/"
        assert cards.of_kata(passed).repeated
        assert "mine" not in (passed.folder / "exercise.py").read_text()
        found = text(me.get("/admin/katas/joined/"))
        assert "the next pass is graded. Yours is in " in found
        assert "Named paths only." not in found
        assert "It opens with the pass of this repeat." in found
        assert "is open already" in text(me.get(AGAIN))
        me.post("/admin/katas/joined/give-up/")
        assert "Named paths only." in text(me.get("/admin/katas/joined/"))
        grading.store(verdict(passed, "passed"), None, kata=passed)
        assert Review.objects.filter(card__heading="").latest("at").rating == cards.Rating.AGAIN

    def test_hints_begin_anew_after_a_grade(self, me, kata):
        me.post("/admin/katas/joined/hint/1/")
        grading.store(verdict(kata, "passed"), None, kata=kata)
        page = me.get("/admin/katas/joined/").content.decode()
        assert "One hint more" not in page
        me.post("/admin/katas/joined/hint/1/")
        assert "One hint more for task 1 2 left" in text(me.get("/admin/katas/joined/"))

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_error_before_the_first_pass(self, me, kata, method):
        response = getattr(me, method)(AGAIN)
        assert response.status_code == 409
        assert "joined has not passed yet" in words(response.content.decode())
        assert not Card.objects.exists()

    def test_error_pass_of_another_learner(self, me, kata, other):
        grading.store(verdict(kata, "passed"), None, kata=kata, learner=other)
        assert me.post(AGAIN).status_code == 409

    def test_error_unknown_kata(self, me):
        assert me.post("/admin/practice/again/nothing/").status_code == 404

    def test_who_may_only_look_is_not_offered_it(self, client, passed):
        staff = get_user_model().objects.create_user("staff", is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename="view_kata"))
        grading.store(verdict(passed, "passed"), None, kata=passed, learner=staff)
        cards.mark([passed.uuid], staff)
        client.force_login(staff)
        for path in ("/admin/", "/admin/katas/joined/"):
            assert "Start again" not in client.get(path).content.decode()
        assert client.post(AGAIN).status_code == 403


class TestQuestions:
    def test_one_at_a_time_until_none_is_due(self, me, passed):
        asked = questions_in(passed)
        for done, question in enumerate(asked):
            response = me.get(QUESTIONS, {"done": done} if done else {})
            found = text(response)
            assert (
                f"{done + 1} of {len(asked)} · joined {question.heading}".replace("`", "") in found
            )
            assert "Again tomorrow" in found
            sent = fields(response) | {"rating": "3"}
            assert me.post(QUESTIONS, sent).url == f"{QUESTIONS}?done={done + 1}"
        found = text(me.get(QUESTIONS, {"done": len(asked)}))
        assert "It comes again " in found
        assert f"{len(asked)} answered The next card comes in " in found
        assert [each.rating for each in Review.objects.filter(card__question__gt=0)] == [3] * len(
            asked
        )

    def test_all_of_one_kata_in_its_order_due_or_not(self, me, passed):
        for each in questions.to_ask(None):
            cards.review(each.card, cards.Rating.EASY)
        assert "No question is due" in text(me.get(QUESTIONS))
        number = len(questions_in(passed))
        response = me.get(QUESTIONS, {"kata": "joined", "done": 1})
        assert f"2 of {number} · joined" in text(response)
        assert fields(response)["card"] == str(questions.to_ask(passed)[1].card.pk)
        sent = fields(response) | {"rating": "1"}
        assert me.post(QUESTIONS, sent).url == f"{QUESTIONS}?kata=joined&done=2"

    def test_answer_that_is_sent_twice_is_one_grade(self, me, passed):
        sent = fields(me.get(QUESTIONS)) | {"rating": "4"}
        me.post(QUESTIONS, sent)
        me.post(QUESTIONS, sent | {"rating": "1"})
        (review,) = Review.objects.filter(card__question__gt=0)
        assert review.rating == 4
        assert review.seconds in range(5)
        assert "was answered already" in text(me.get("/admin/"))

    @pytest.mark.parametrize("ago", [2 * questions.LONGEST, -60])
    def test_time_that_cannot_be_is_not_kept(self, me, passed, ago):
        shown = int(timezone.now().timestamp()) - ago
        me.post(QUESTIONS, fields(me.get(QUESTIONS)) | {"rating": "4", "shown": shown})
        assert Review.objects.get(card__question__gt=0).seconds is None

    def test_before_the_first_pass_there_are_none(self, me, kata):
        assert "No question is due" in text(me.get(QUESTIONS))
        assert "come with its first pass" in text(me.get(QUESTIONS, {"kata": "joined"}))

    def test_error_question_that_is_not_theirs_or_not_there(self, me, passed, other):
        grading.store(verdict(passed, "passed"), None, kata=passed, learner=other)
        theirs = Card.objects.filter(learner=other, question=1).get()
        kata = cards.of_kata(passed)
        sent = fields(me.get(QUESTIONS)) | {"rating": "3"}
        for number in (theirs.pk, kata.pk, 10**17):
            assert me.post(QUESTIONS, sent | {"card": number}).status_code == 404
        assert Review.objects.filter(card__question__gt=0).count() == 0

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("rating", "5"),
            ("rating", "0"),
            ("rating", ""),
            ("rating", "good"),
            ("card", "x"),
            ("due", "yesterday"),
            ("due", "2026-11-27T12:00"),
            ("shown", "-1"),
            ("done", "1e3"),
            ("done", "10001"),
        ],
    )
    def test_error_form_that_no_page_writes(self, me, passed, name, value):
        sent = fields(me.get(QUESTIONS)) | {"rating": "3", name: value}
        assert me.post(QUESTIONS, sent).status_code == 400
        assert Review.objects.filter(card__question__gt=0).count() == 0

    def test_error_unknown_kata(self, me):
        assert me.get(QUESTIONS, {"kata": "nothing"}).status_code == 404

    def test_hostile_markup_is_text(self, me, kata):
        hostile = f"# Q\n\n## {EVIL}\n\n{EVIL} [go](javascript:alert(1))\n\n```html\n{EVIL}\n```\n"
        (kata.folder / "questions.md").write_text(hostile)
        grading.store(verdict(kata, "passed"), None, kata=kata)
        page = me.get(QUESTIONS).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert "14 }}" not in page

    def test_error_questions_that_do_not_read_are_a_sentence(self, me, passed):
        (passed.folder / "questions.md").write_bytes(b"\xff")
        response = me.get(QUESTIONS)
        assert response.status_code == 409
        assert "questions.md is not UTF-8 text" in words(response.content.decode())


class TestList:
    def act(self, me, action, *katas):
        chosen = [str(runs.row(kata).pk) for kata in katas]
        return me.post(KATAS, {"action": action, "_selected_action": chosen}, follow=True)

    def slugs(self, me, **query):
        return re.findall(r'class="kata-slug">(\w+)<', me.get(KATAS, query).content.decode())

    def test_marked_katas_are_due_and_new_ones_planned(self, me, passed):
        strategy = catalogue.get("strategy")
        found = text(self.act(me, "mark_for_practice", passed, strategy))
        assert "Marked for practice: 2 katas, due now." in found
        assert self.slugs(me, practice="due") == ["strategy", "joined"]
        assert self.slugs(me, practice="planned") == ["strategy"]
        found = text(me.get(KATAS, {"practice": "due"}))
        assert found.index("◇ planned") < found.index("↻ due")
        assert "Marked for practice: 0 katas" in text(self.act(me, "mark_for_practice", passed))
        assert "Marks taken back: 2 katas." in text(self.act(me, "unmark", passed, strategy))
        assert self.slugs(me, practice="due") == []

    def test_row_says_when_it_comes_again_and_that_a_repeat_is_open(self, me, passed):
        days = (timezone.localtime(cards.of_kata(passed).due).date() - timezone.localdate()).days
        assert f"in {days} days" in text(me.get(KATAS, {"q": "joined"}))
        grading.again(passed)
        assert "▸ repeat is open" in text(me.get(KATAS, {"practice": "due"}))

    def test_others_cards_are_not_shown(self, me, kata, other):
        grading.store(verdict(kata, "passed"), None, kata=kata, learner=other)
        cards.mark([kata.uuid], other)
        assert self.slugs(me, practice="due") == []
        self.act(me, "unmark", kata)
        assert len(cards.due(other)) > 0
        assert cards.due(other)[0].question == 0 or not cards.due(other)[0].planned


@pytest.mark.parametrize(
    "path",
    ["", "practice/questions/", "practice/questions/?kata=joined", "core/kata/", "katas/joined/"],
)
def test_page_costs_the_same_few_queries_whatever_there_is_to_practise(
    me, passed, path, django_assert_max_num_queries
):
    me.get(KATAS)
    counts = set()
    for count in (1, 30):
        for number in range(count):
            row = runs.row(catalogue.get(("iterators", "strategy", "joined")[number % 3]))
            due = timezone.now() - timedelta(days=number)
            heading = f"{count} {number}" if number > 2 or count == 1 else "x"
            Card.objects.get_or_create(
                kata=row,
                learner=runs.local_learner(),
                heading=heading,
                defaults={"question": 9, "due": due},
            )
        me.get(f"/admin/{path}")  # which lets cards rest whose question has gone
        with django_assert_max_num_queries(10) as captured:
            assert me.get(f"/admin/{path}").status_code == 200
        counts.add(len(captured))
    assert len(counts) == 1


@pytest.mark.parametrize(
    "path", ["practice/questions/", "practice/again/joined/", "practice/path/"]
)
def test_staff_need_the_permission(client, passed, path):
    staff = get_user_model().objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    assert client.post(f"/admin/{path}").status_code == 403
    client.force_login(get_user_model().objects.create_user("plain"))
    response = client.post(f"/admin/{path}")
    assert (response.status_code, response.url) == (302, f"/admin/login/?next=/admin/{path}")
