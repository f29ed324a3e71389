"""The shop that the tests work in, calls to be made there, and how two of them meet."""

from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import Error, transaction

from core.bookshop.models import Author, Book, Copy, Customer, Loan, Publisher
from core.judge import rng
from core.judge.sessions import sessions

from . import exercise
from .models import Returned
from .refusals import CopyIsBusy, CopyIsOut

random = rng("desk")
A, B, C, D, E = sorted(random.sample(range(100, 1000), 5))  # primary keys of copies
EIGHT = datetime(2024, 5, random.randint(1, 28), 8, tzinfo=UTC)
NINE, YESTERDAY = EIGHT + timedelta(hours=1), EIGHT - timedelta(days=1)


class Desk:
    """Five copies of one book: A came back, B and C were never lent, Kim has dropped E, then D."""

    def setUp(self):
        self.book, self.ada, self.kim = open_shop()
        self.slips, self.settled = [], []

    def lend(self, copy, customer, **more):
        """A call of lend(), to be made here or in a session."""
        return partial(exercise.lend, copy, customer, self.slips.append, **more)

    def lend_all(self, copies, customer):
        return partial(exercise.lend_all, copies, customer)

    def take_back(self, then=lambda: None):
        """A call of take_back(); `then` is done within settle()."""

        def settle(loan):
            self.settled.append((loan.copy_id, loan.back_at, loan.customer.name))
            then()

        return partial(exercise.take_back, settle)


def open_shop():
    """The rows; the keys of the book, and of the customers Ada and Kim."""
    author = Author.objects.create(name="Jane Austen", country="England")
    press = Publisher.objects.create(name="Press", city="London")
    about = {"author": author, "publisher": press, "year": 1815, "price": 9, "stock": 9}
    book = Book.objects.create(title="Emma", isbn="1", **about)
    for key in (E, D, C, B, A):  # the rows do not lie in the order of their keys
        Copy.objects.create(pk=key, book=book, shelf=f"S{key}")
    ada, kim = (Customer.objects.create(name=name, email=name) for name in ("Ada", "Kim"))
    Loan.objects.create(copy_id=A, customer=kim, out_at=YESTERDAY, back_at=EIGHT)
    for copy, dropped_at in ((D, NINE), (E, EIGHT)):
        loan = Loan.objects.create(copy_id=copy, customer=kim, out_at=YESTERDAY)
        Returned.objects.create(loan=loan, dropped_at=dropped_at)
    return book.pk, ada.pk, kim.pk


def out():
    """The copies with an open loan, once for each of them."""
    return sorted(Loan.objects.filter(back_at=None).values_list("copy", flat=True))


def boxed():
    """The copies in the return box."""
    return sorted(Returned.objects.values_list("loan__copy", flat=True))


def stocktaking(*copies):
    """Another program of the shop: it locks copies one after another, by rising key.

    `no_key`: a loan that is inserted without a lock on its copy does not wait for it by accident.
    """
    with transaction.atomic():
        for copy in copies:
            Copy.objects.select_for_update(no_key=True).get(pk=copy)


def told(call):
    """What comes of a call, here or in a session: "done", a refusal, or what the database says."""
    try:
        call()
    except (CopyIsOut, CopyIsBusy) as refusal:
        return f"{type(refusal).__name__}{refusal.args}"
    except Copy.DoesNotExist:
        return "Copy.DoesNotExist"
    except Error as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return "done"


def meet(first, held, second):
    """What comes of two calls, and whom the second waits for, begun while the first is held."""
    with sessions() as run:
        one = run.start("the first", first, hold=held)
        one.held()
        two = run.start("the second", second)
        waits = two.waits_for()
        one.go()
        return told(one.result), told(two.result), waits


def cut_off(call, held, then=lambda: None):
    """What comes of a call whose process dies where it is held; `then` is done before it goes on."""
    with sessions() as run:
        one = run.start("the call", call, hold=held)
        one.held()
        one.disconnect()
        then()
        one.go()
        return told(one.result).partition(":")[0]
