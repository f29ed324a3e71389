"""Cards from elsewhere merged with a learner's: each keeps the grades of both."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User

from core.models import Card, Review
from core.practice import schedule
from core.practice.cards import KATA
from core.transfer.form import CardRecord, fitting, moment


def merge_cards(learner: User, records: Iterator[CardRecord]) -> Counter[str]:
    """Merge these; how many cards and reviews were not here. ValueError where one is wrong."""
    rows = Card.objects.filter(learner=learner).prefetch_related("reviews")
    here = {(str(card.kata_id), card.heading): card for card in rows}
    made: list[Card] = []
    changed: list[Card] = []
    reviews: list[Review] = []
    seen: set[tuple[str, str]] = set()
    for record in records:
        if (record.kata, record.heading) in seen:
            raise ValueError("this card stands there twice")
        seen.add((record.kata, record.heading))
        card = here.get((record.kata, record.heading))
        mine = {each.at: each.rating for each in card.reviews.all()} if card else {}
        if card is None:
            card = Card(kata_id=record.kata, learner=learner, heading=record.heading)
            made.append(card)
        theirs = _reviews(card, record)
        reviews += [review for at, review in theirs.items() if at not in mine]
        if _settle(card, record, mine, {at: review.rating for at, review in theirs.items()}):
            changed.append(card)
        fitting(card)
    Card.objects.bulk_create(made)
    columns = ["question", "due", "state", "opened_at", "tries"]
    Card.objects.bulk_update([card for card in changed if card.pk], columns, batch_size=100)
    Review.objects.bulk_create(reviews)
    return Counter(cards=len(made), reviews=len(reviews))


def _reviews(card: Card, record: CardRecord) -> dict[datetime, Review]:
    found = {}
    for each in record.reviews:
        at = moment(each.at)
        found[at] = fitting(Review(card=card, rating=each.rating, at=at, seconds=each.seconds))
    return found


def _settle(
    card: Card, record: CardRecord, mine: dict[datetime, int], theirs: dict[datetime, int]
) -> bool:
    """Whether the card is another now. Whoever knows all its grades has it as it is; where neither
    does, it is graded over with those of both."""
    if card.pk and theirs.keys() <= mine.keys():
        if mine:
            return False
        before = card.tries, card.due
        card.tries = max(card.tries, record.tries)
        if card.heading == KATA and card.due is None and record.due:
            card.due = moment(record.due)  # planned there
        return (card.tries, card.due) != before
    card.state = schedule.replayed((mine | theirs).items())
    if theirs.keys() >= mine.keys():
        card.question, card.tries = record.question, record.tries
        card.opened_at = moment(record.opened_at) if record.opened_at else None
        card.due = moment(record.due) if record.due else None
    elif card.state:
        card.due = schedule.due(card.state)
    if card.heading == KATA and not card.state and not card.opened_at:
        card.due = None  # nothing would ever grade it
    return True
