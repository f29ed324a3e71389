"""Which pass is graded, and how: told by the runs, the help and the graded repeats before it."""

import dataclasses
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from core import models, runs
from core.errors import KataError
from core.models import Card, Help, Review
from core.practice import cards, grading
from core.source import Source, shipped
from core.verdict import Case, Problem, Status, Verdict
from tests.practice.conftest import NOW

pytestmark = pytest.mark.django_db

AGAIN, HARD, GOOD, EASY = Review.Rating


def store(kata, status="passed", *, source="exercise", checksum="mine", problem=None, **options):
    cases = (Case("One::test_a", 1, Status(status)),)
    verdict = Verdict(
        kata.slug, kata.uuid, source, checksum, Status(status), 7, (), cases, problem=problem
    )
    return grading.store(verdict, None, kata=kata, **options)[1]


def graded(kata, *statuses) -> int | None:
    """The grade of the last of these runs."""
    review = None
    for status in statuses:
        review = store(kata, status)
    return review and review.rating


@pytest.fixture
def other():
    return get_user_model().objects.create(username="somebody")


@pytest.mark.parametrize(
    ("statuses", "rating"),
    [
        (["passed"], EASY),
        (["failed", "passed"], GOOD),
        (["error", "passed"], GOOD),
        (["timeout", "failed", "passed"], GOOD),
        (["unavailable", "passed"], EASY),
        (["failed"], None),
        (["unavailable"], None),
        (["passed", "passed"], None),
        (["passed", "failed", "passed"], None),
    ],
)
def test_first_pass_is_graded_by_its_tries_and_no_other_is(kata, clock, statuses, rating):
    assert graded(kata, *statuses) == rating
    assert Review.objects.count() == ("passed" in statuses)


@pytest.mark.parametrize("kind", grading.INFRASTRUCTURE)
def test_fault_of_the_machine_is_no_try(kata, clock, kind):
    store(kata, "error", problem=Problem(kind, "It broke."))
    assert graded(kata, "passed") == EASY


def test_problem_of_the_code_is_a_try(kata, clock):
    store(kata, "error", problem=Problem("SyntaxError", "invalid syntax"))
    assert graded(kata, "passed") == GOOD


def test_file_as_shipped_is_no_try(kata, clock):
    source = Source("stub", kata.folder, shipped(kata))
    store(kata, "failed", checksum=source.checksum)
    assert graded(kata, "passed") == EASY


def test_other_sources_are_neither_tries_nor_passes(kata, clock):
    for source in ("solution", "stub", "/tmp/mine"):
        assert store(kata, "passed", source=source) is None
    assert Card.objects.count() == 0
    assert graded(kata, "passed") == EASY


@pytest.mark.parametrize(
    ("kinds", "rating"),
    [
        ([Help.Kind.HINT], HARD),
        ([Help.Kind.GAVE_UP], AGAIN),
        ([Help.Kind.HINT, Help.Kind.GAVE_UP], AGAIN),
    ],
)
def test_help_weighs_more_than_tries(kata, clock, kinds, rating):
    for kind in kinds:
        runs.take_help(kata, kind, task=1, step=1)
    assert graded(kata, "failed", "passed") == rating


def test_help_of_other_katas_and_learners_does_not_weigh(kata, clock, other):
    elsewhere = dataclasses.replace(kata, uuid="00000000-0000-4000-8000-000000000009")
    runs.take_help(elsewhere, Help.Kind.GAVE_UP)
    Help.objects.create(kata=runs.row(kata), learner=other, kind=Help.Kind.GAVE_UP)
    assert graded(kata, "passed") == EASY


def test_pass_is_due_again_by_its_grade(kata, clock):
    review = store(kata, "passed")
    assert (review.at, review.seconds) == (NOW, None)
    card = cards.of_kata(kata)
    assert (card, card.due, card.opened_at) == (review.card, NOW + timedelta(days=8), None)


def test_repeat_is_graded_once_from_its_own_tries_and_help(kata, clock):
    runs.take_help(kata, Help.Kind.GAVE_UP)
    assert graded(kata, "failed", "failed", "passed") == AGAIN
    clock.forward(days=1)
    grading.again(kata)
    clock.forward(minutes=5)
    review = store(kata, "passed")
    assert (review.rating, review.seconds) == (EASY, 300)
    assert graded(kata, "passed", "failed", "passed") is None
    assert [each.rating for each in Review.objects.order_by("at")] == [AGAIN, EASY]


def test_repeat_counts_tries_and_help_since_the_last_grade(kata, clock):
    runs.take_help(kata, Help.Kind.HINT, task=1, step=1)
    assert graded(kata, "passed") == HARD
    clock.forward(days=3)
    grading.again(kata)
    assert graded(kata, "failed", "passed") == GOOD
    clock.forward(days=3)
    runs.take_help(kata, Help.Kind.HINT, task=1, step=1)  # the same hint, once more
    grading.again(kata)
    assert graded(kata, "passed") == HARD


def test_repeat_that_is_open_keeps_its_tries(kata, clock):
    graded(kata, "passed")
    clock.forward(days=1)
    grading.again(kata)
    store(kata, "failed")
    grading.again(kata)
    assert graded(kata, "passed") == GOOD


def test_runs_without_a_repeat_change_nothing_even_when_it_is_due(kata, clock):
    graded(kata, "passed")
    before = Card.objects.values().get(heading="")
    clock.forward(days=30)
    assert graded(kata, "failed", "passed") is None
    assert Card.objects.values().get(heading="") == before


def test_again_puts_the_file_as_shipped_in_place_and_keeps_the_learners(kata, clock):
    mine = "def double(n):\n    return n * 2\n"
    (kata.folder / "exercise.py").write_text(mine)
    graded(kata, "passed")
    kept = grading.again(kata)
    assert (kata.folder / "exercise.py").read_bytes() == shipped(kata)["exercise.py"]
    assert (kept / "exercise.py").read_text() == mine
    assert grading.again(kata) is None


def test_error_again_before_the_first_pass(kata, clock):
    store(kata, "failed")
    with pytest.raises(KataError) as caught:
        grading.again(kata)
    assert str(caught.value) == (
        "bounded has not passed yet, so there is nothing to repeat: its first pass is graded by "
        "itself.\nA fresh file: `python manage.py kata bounded --reset`."
    )


def test_error_again_that_cannot_change_the_file_opens_nothing(kata, clock):
    graded(kata, "passed")
    (kata.folder / "author/stub/exercise.py").unlink()
    with pytest.raises(KataError):
        grading.again(kata)
    assert cards.of_kata(kata).opened_at is None


def test_answers_are_earned_by_a_pass_or_by_giving_up_each_time_anew(kata, clock):
    assert not grading.earned(kata)
    graded(kata, "failed", "passed")
    assert grading.earned(kata)
    clock.forward(days=1)
    grading.again(kata)
    assert not grading.earned(kata)
    runs.take_help(kata, Help.Kind.GAVE_UP)
    assert grading.earned(kata)
    clock.forward(hours=1)
    assert graded(kata, "passed") == AGAIN
    clock.forward(days=1)
    grading.again(kata)
    assert not grading.earned(kata)


def test_giving_up_before_the_first_pass_earns_the_answers(kata, clock):
    runs.take_help(kata, Help.Kind.GAVE_UP)
    assert grading.earned(kata)


def test_grade_is_of_the_learner_who_ran(kata, clock, other):
    assert store(kata, "failed") is None
    assert store(kata, "passed", learner=other).rating == EASY
    assert cards.of_kata(kata).tries == 1
    assert cards.of_kata(kata, other).tries == 0


def test_questions_that_cannot_be_read_do_not_cost_the_pass(kata, clock):
    (kata.folder / "questions.md").write_bytes(b"\xff")
    assert graded(kata, "passed") == EASY


def test_first_pass_of_a_planned_kata_is_graded_as_ever(kata, clock):
    runs.row(kata)
    cards.mark([kata.uuid])
    assert graded(kata, "failed", "passed") == GOOD
    assert cards.due()[0].question == 1  # the questions come, the kata is not due any more


def test_marked_kata_is_repeated_before_its_time(kata, clock):
    assert graded(kata, "passed") == EASY
    clock.forward(days=1)
    cards.mark([kata.uuid])
    assert graded(kata, "passed") is None
    grading.again(kata)
    assert graded(kata, "passed") == EASY


def test_answers_are_shut_while_a_repeat_is_open_to_each_learner(kata, clock, other):
    for learner in (runs.local_learner(), other):
        store(kata, learner=learner)
    clock.forward(days=1)
    grading.again(kata, other)
    assert (grading.earned(kata), grading.earned(kata, other)) == (True, False)
    clock.forward(hours=1)
    runs.take_help(kata, Help.Kind.GAVE_UP, learner=other)
    assert grading.earned(kata, other)


@pytest.mark.parametrize(
    ("statuses", "queries"),
    [
        (["passed", "passed"], 3),  # the card, in a savepoint of this test
        (["failed"], 7),  # and made, in a savepoint of its own, and its tries
        # and help; the card once more, its state, the day and the review, in a savepoint; cards of
        # questions
        (["passed"], 14),
    ],
)
def test_queries_do_not_grow_with_what_is_stored(
    kata, clock, statuses, queries, django_assert_num_queries
):
    *before, last = statuses
    learner = runs.local_learner()
    for _ in range(20):
        runs.store(Verdict("k", kata.uuid, "stub", "", Status.FAILED, 7, (), ()), None, kata=kata)
    for status in before:
        store(kata, status)
    verdict = Verdict(kata.slug, kata.uuid, "exercise", "mine", Status(last), 7, (), ())
    run = models.Run(kata=runs.row(kata), learner=learner, source="exercise", started_at=clock.now)
    runs.conclude(run, verdict, None)
    with django_assert_num_queries(queries), transaction.atomic():
        grading.grade(run, verdict, kata=kata)
