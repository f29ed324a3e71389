import datetime

import pytest
from django.test import TestCase
from django.utils import timezone
from parameterized import parameterized

from core.bookshop.models import Book, Review
from core.judge import budget, expect, growth
from core.judge.rows import rows_at_most

from .shop import books, expect_name, genres, get, random, reviews, sell, send, short, whole

HIDDEN = "What is not for sale is not in the catalogue, at none of its addresses."
READ = "Partners read the catalogue. A ModelViewSet also lets everybody write to it."
WRITES = [
    ("post", "POST", "/books/", '{"title": "Mine"}'),
    ("put", "PUT", "/books/{}/", '{"title": "Mine", "price": "0.01"}'),
    ("patch", "PATCH", "/books/{}/", '{"price": "0.01"}'),
    ("delete", "DELETE", "/books/{}/", ""),
]


@pytest.mark.task(1)
class Catalogue(TestCase):
    def test_root(self):
        because = "A DefaultRouter has a page that lists what there is."
        expect("GET /", get("/", because), {"books": "http://testserver/books/"}, because)

    @parameterized.expand([("list", "/books/", ()), ("detail", "/books/7/", (7,))])
    def test_name(self, name, path, args):
        expect_name(f"book-{name}", path, *args)

    def test_list(self):
        first, last = books(2), books(2, title="Waverley")
        books(1, stock=0)
        single = books(1, stock=1)
        expected = [short(book) for book in (*single, *first[::-1], *last[::-1])]
        because = (
            "Books for sale by BookSerializer, by title, of equal titles the higher key first."
        )
        expect("GET /books/", get("/books/"), expected, because)

    def test_empty(self):
        books(1, stock=0)
        expect("GET /books/ with nothing for sale", get("/books/"), [], HIDDEN)

    def test_detail(self):
        _, book, _ = books(3)
        path = f"/books/{book.pk}/"
        got = get(path)
        got |= {"genres": sorted(got.get("genres", []))}
        expect(f"GET {path}", got, whole(book), "One book, by BookDetailSerializer.")

    @parameterized.expand([("sold_out", "0"), ("none", "1000"), ("no_number", "emma")])
    def test_detail_missing(self, case, key):
        (book,) = books(1, stock=0)
        path = f"/books/{key if key != '0' else book.pk}/"
        because = HIDDEN if case == "sold_out" else "There is no such book."
        expect(f"status of GET {path}, {case.replace('_', ' ')}", send(path)[0], 404, because)

    @parameterized.expand(WRITES)
    def test_write(self, _, method, path, data):
        (book,) = books(1)
        path = path.format(book.pk)
        before = list(Book.objects.values())
        got = send(path, method, data)[0], list(Book.objects.values()) == before
        expect(f"(status, all is as before) of {method} {path} with {data}", got, (405, True), READ)


SHOWN = "Bring along what this page shows, and not what another page shows."


@pytest.mark.task(2)
class Cost(TestCase):
    def test_list(self):
        books(5)
        with budget("GET /books/", queries=1):
            get("/books/")

    def test_more_books_cost_no_more(self):
        growth("GET /books/", make=books, do=lambda: get("/books/"), because=SHOWN)

    def test_sold_out_books_are_not_fetched(self):
        books(3)
        books(20, stock=0)
        because = "The database can leave out by itself what is sold out."
        with rows_at_most("GET /books/", 9, because=because):
            get("/books/")

    def test_detail(self):
        (book,) = books(1)
        with budget("GET /books/7/", queries=2):
            get(f"/books/{book.pk}/")

    def test_more_genres_cost_no_more(self):
        (book,) = books(1)
        path = f"/books/{book.pk}/"
        growth(
            "GET /books/7/", make=lambda n: genres([book], n), do=lambda: get(path), because=SHOWN
        )


@pytest.mark.task(3)
class Reviews(TestCase):
    def setUp(self):
        self.book, self.other = books(2)
        self.path = f"/books/{self.book.pk}/reviews/"

    def test_name(self):
        expect_name("book-reviews", "/books/7/reviews/", 7)

    def test_reviews(self):
        today = timezone.now()
        new = reviews(self.book, 2, written_at=today)
        old = reviews(self.book, 2, written_at=today - datetime.timedelta(days=1))
        reviews(self.other, 2)
        expected = [review.pk for review in (*new[::-1], *old[::-1])]
        got = [each.get("id") for each in get(self.path)]
        because = "All of this book: the newest first, of one moment the higher primary key."
        expect(f"ids on GET {self.path}", got, expected, because)

    def test_review(self):
        (review,) = reviews(self.book, 1)
        expected = [{"id": review.pk, "customer": review.customer.name}]
        expected[0] |= {"stars": review.stars, "text": "Good."}
        expect(f"GET {self.path}", get(self.path), expected, "By ReviewSerializer.")

    def test_none(self):
        because = "An empty list is a list."
        expect(f"GET {self.path} without a review", get(self.path, because), [], because)

    @parameterized.expand([("sold_out",), ("none",)])
    def test_missing(self, case):
        reviews(self.book, 1)
        Book.objects.update(stock=0)
        path = self.path if case == "sold_out" else "/books/1000/reviews/"
        call = f"status of GET {path}, {case.replace('_', ' ')}"
        because = f"{HIDDEN} An action on one book begins as the page of the book does."
        expect(call, send(path)[0], 404, because)

    def test_post(self):
        got = send(self.path, "POST", '{"stars": 5}')[0], Review.objects.count()
        expect(f"(status, reviews) of POST {self.path}", got, (405, 0), READ)

    def test_queries(self):
        reviews(self.book, 5)
        with budget("GET /books/7/reviews/", queries=2):
            get(self.path)

    def test_more_reviews_cost_no_more(self):
        growth(
            "GET /books/7/reviews/",
            make=lambda size: reviews(self.book, size),
            do=lambda: get(self.path),
            because=SHOWN,
        )


PATH = "/books/best-sellers/"


@pytest.mark.task(3)
class BestSellers(TestCase):
    def test_name(self):
        expect_name("book-best-sellers", PATH)

    def test_best_sellers(self):
        made = books(14)
        sold = [random.randrange(20, 40) for _ in range(12)]
        sell(*zip(made, sold, strict=False))
        sell((made[0], 100), (made[1], 1))
        copies = dict(zip(made, (sold[0] + 100, sold[1] + 1, *sold[2:]), strict=False))
        best = sorted(copies, key=lambda book: (-copies[book], -book.pk))
        because = (
            "Ten for sale, by copies sold in all orders; of equal numbers the higher key first."
        )
        expect(f"GET {PATH}", get(PATH), [short(book) for book in best[:10]], because)

    def test_ties(self):
        made = books(3)
        sell(*((book, 5) for book in made))
        got = [each["url"] for each in get(PATH)]
        because = "Of equal numbers the higher primary key first."
        expect(f"urls on GET {PATH}", got, [short(book)["url"] for book in made[::-1]], because)

    def test_not_for_sale(self):
        gone, there, _ = books(3)
        sell((gone, 50), (there, 1))
        Book.objects.filter(pk=gone.pk).update(stock=0)
        because = f"{HIDDEN} A book that never sold is no best seller either."
        expect(f"GET {PATH}", get(PATH), [short(there)], because)

    def test_queries(self):
        sell(*((book, 2) for book in books(12)))
        because = "The database adds up, sorts and cuts off: ten rows are shown, ten are fetched."
        with budget(f"GET {PATH}", queries=1), rows_at_most(f"GET {PATH}", 10, because=because):
            get(PATH)
