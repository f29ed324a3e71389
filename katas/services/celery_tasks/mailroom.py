"""What the tests share: a shop, a real worker, the messages that it got, the letters that were mailed."""

import os
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

import redis
from celery import signals
from django.test import TransactionTestCase, override_settings

from core.bookshop.models import Author, Book, Customer, Publisher
from core.judge import rng
from core.judge.worker import worker

from .app import app

# Letters in files: the worker is another process, whose `mail.outbox` nobody else sees.
BACKEND = "django.core.mail.backends.filebased.EmailBackend"
BETWEEN = b"\n" + b"-" * 79 + b"\n"  # two letters in a file
PATIENCE = 5  # seconds for the worker to be done with a task


def broker():
    return redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)  # BLPOP has its own


def tell(**about):
    """In the worker: it is done with a task, or knows no such task."""
    with broker() as client:
        client.rpush(f"done {about.get('task_id') or about['id']}", "")


class Mailroom(TransactionTestCase):
    """Here the worker is quicker than anybody: who sends a message goes on when the task is done."""

    patience = PATIENCE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        settings = override_settings(EMAIL_BACKEND=BACKEND, EMAIL_FILE_PATH=str(cls.folder))
        cls.enterClassContext(settings)
        with broker() as client:
            client.flushdb()  # whatever a worker before has not come to
        signals.task_postrun.connect(tell)
        signals.task_unknown.connect(tell)
        cls.enterClassContext(worker(app))

    def setUp(self):
        self.messages = []  # the arguments and the id of each
        signals.after_task_publish.connect(self.sent)
        self.addCleanup(signals.after_task_publish.disconnect, self.sent)
        for file in self.folder.iterdir():
            file.unlink()
        self.fill_the_shop(rng("shop"))

    def fill_the_shop(self, random):
        """A customer, and so many of some books as she is going to order."""
        email = f"emma{random.randrange(1000)}@example.com"
        self.customer = Customer.objects.create(name="Emma", email=email)
        author = Author.objects.create(name="Jane Austen")
        publisher = Publisher.objects.create(name="John Murray")
        books = [
            Book.objects.create(
                title=title, author=author, publisher=publisher, year=1815, isbn=title, price=9
            )
            for title in ("Emma", "Persuasion")
        ]
        self.quantities = {book.pk: random.randint(1, 9) for book in books}

    def sent(self, headers, body, **_):
        """A message has reached the broker."""
        args, kwargs, _ = body
        self.messages.append(([*args, *kwargs.values()], headers["id"]))
        with broker() as client:
            if not client.blpop(f"done {headers['id']}", self.patience):
                type(self).patience = 0.1  # this worker does not take such messages

    def letters(self):
        """(address, subject) of the letters that any process has mailed, in the order of the text."""
        found = b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))
        texts = [text for text in found.split(BETWEEN) if text.strip()]
        letters = [message_from_bytes(text, policy=policy.default) for text in texts]
        return sorted((str(letter["To"]), str(letter["Subject"])) for letter in letters)
