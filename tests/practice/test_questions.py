"""Questions as cards: known by their headings, whatever is edited around them."""

from datetime import timedelta

import pytest

from core import documents, runs
from core.errors import KataError
from core.models import Card, Review
from core.practice import cards, questions
from tests.practice.conftest import NOW, QUESTIONS
from tests.practice.test_grading import store

pytestmark = pytest.mark.django_db

GOOD = Review.Rating.GOOD


@pytest.fixture
def passed(kata, clock):
    store(kata)
    return kata


def write(kata, text: str) -> None:
    (kata.folder / "questions.md").write_text(text)


def asked(kata) -> list[tuple[str, int]]:
    return [(each.question.heading, each.question.number) for each in questions.follow([kata])]


def test_first_pass_makes_them_due_at_once(passed):
    assert [(each.question, each.at) for each in cards.due()] == [(1, NOW), (2, NOW)]
    assert [each.question.answer for each in questions.due([passed])] == [
        "Two times.",
        "One of two.",
    ]


def test_before_the_first_pass_there_are_none(kata, clock):
    store(kata, "failed")
    assert questions.follow([kata]) == []
    assert Card.objects.filter(question__gt=0).count() == 0


def test_kata_without_questions(kata, clock):
    (kata.folder / "questions.md").unlink()
    store(kata)
    assert questions.follow([kata]) == []


def test_answer_puts_a_question_off(passed):
    first, second = questions.due([passed])
    review = cards.review(first.card, Review.Rating.GOOD)
    assert review.card.due == NOW + timedelta(days=2)
    assert [each.card for each in questions.due([passed])] == [second.card]
    assert [each.card for each in questions.follow([passed])] == [second.card, first.card]


def test_edit_elsewhere_loses_nothing(passed):
    first, second = questions.due([passed])
    cards.review(second.card, Review.Rating.EASY)
    write(
        passed, "# Questions\n\n## And half?\n\nThe half.\n\n## What is  `twice`?\n\nTwo times.\n"
    )
    found = questions.follow([passed])
    assert [(each.card.pk, each.question.number, each.card.question) for each in found] == [
        (first.card.pk, 2, 2),
        (second.card.pk, 1, 1),
    ]
    assert (found[1].due, found[1].question.answer) == (NOW + timedelta(days=8), "The half.")
    assert Card.objects.count() == 3


def test_new_question_gets_a_card_and_one_that_went_rests_until_it_is_back(passed):
    first, _ = questions.due([passed])
    cards.review(first.card, Review.Rating.EASY)
    write(passed, "## And half?\n\nOne of two.\n\n## And thrice?\n\nThree times.\n")
    assert asked(passed) == [("And half?", 1), ("And thrice?", 2)]
    assert Card.objects.get(pk=first.card.pk).due is None
    write(passed, QUESTIONS)
    assert asked(passed) == [("And half?", 2), ("What is `twice`?", 1)]
    assert Card.objects.get(pk=first.card.pk).due == NOW + timedelta(days=8)
    assert [card.due for card in Card.objects.filter(question=2)] == [NOW, None]


def test_new_card_can_be_graded_at_once(passed):
    write(passed, "## And thrice?\n\nThree times.\n")
    (thrice,) = questions.due([passed])
    assert cards.review(thrice.card, Review.Rating.HARD).card.due == NOW + timedelta(days=1)


def test_heading_that_stands_there_twice_is_one_question(passed):
    write(passed, "## And half?\n\nOne.\n\n## And half?\n\nTwo.\n")
    assert [each.answer for each in documents.questions(passed)] == ["One."]
    assert asked(passed) == [("And half?", 1)]


def test_error_unreadable_questions_are_named(passed):
    (passed.folder / "questions.md").write_bytes(b"\xff")
    with pytest.raises(KataError, match=r"questions\.md is not UTF-8 text"):
        questions.follow([passed])


def test_queries_do_not_grow(passed, django_assert_num_queries):
    with django_assert_num_queries(1):
        questions.due([passed])
    write(passed, "".join(f"## Question {n}?\n\nYes.\n\n" for n in range(30)))
    runs.local_learner()
    with django_assert_num_queries(4):  # read, make, let rest, read
        questions.due([passed])


def test_all_of_one_kata_are_asked_in_its_order_else_what_is_due(passed):
    first, second = questions.due([passed])
    cards.review(second.card, Review.Rating.AGAIN)
    cards.review(first.card, Review.Rating.EASY)
    assert [each.question.number for each in questions.to_ask(passed)] == [1, 2]
    assert questions.to_ask(None) == []


def test_answer_that_is_sent_twice_is_one_grade(passed):
    first, _ = questions.to_ask(None)
    assert questions.answer(first.card, GOOD, due=first.due, seconds=9).seconds == 9
    assert questions.answer(first.card, GOOD, due=first.due) is None
    assert Review.objects.filter(card=first.card).count() == 1
