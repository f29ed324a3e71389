import threading

import pytest
from django.db import connection
from django.test import TestCase, TransactionTestCase

from core.judge import budget, expect, rng

from .models import Note


@pytest.mark.task(1)
class Words(TestCase):
    def test_words_in_one_query(self):
        for text in ("one", "two"):
            Note.objects.create(text=text)
        with budget("Note.words()", queries=1):
            got = Note.words()
        expect("Note.words()", got, ["one", "two"])

    def test_data_comes_from_the_seed(self):
        expect("rng()", rng("a").random() == rng("a").random(), True)
        expect("rng()", rng("a").random() == rng("b").random(), False)

    def test_transaction_control_is_free(self):
        from django.db import transaction

        with budget("two savepoints", queries=0), transaction.atomic(), transaction.atomic():
            pass

    def test_nothing_is_left_of_another_case(self):
        expect("Note.objects.count()", Note.objects.count(), 0)


@pytest.mark.task(1)
class Threads(TransactionTestCase):
    def test_every_thread_counts(self):
        if connection.settings_dict["NAME"].endswith("kata.sqlite3"):
            with budget("a thread", queries=0):
                worker = threading.Thread(target=self.ask)
                worker.start()
                worker.join()

    def ask(self):
        Note.objects.count()
        connection.close()
