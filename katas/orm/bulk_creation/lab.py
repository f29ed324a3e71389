"""What the demo and the lab show of this kata: a delivery, a price list and a stocktaking."""

from . import exercise
from .shop import Shop

sizes = (2, 8, 32, 128)
shop = Shop()


def populate(size: int) -> None:
    """`size` books in the shop, and as many on the supplier's list that are new to it."""
    shop.setUp()
    shop.fill(size)


calls = {
    "add_books(rows)": lambda: exercise.add_books(shop.rows, shop.author, shop.press),
    "update_prices(rows)": lambda: exercise.update_prices(shop.rows, shop.author, shop.press),
    "take_stock(counts, 999)": lambda: exercise.take_stock({row.isbn: 7 for row in shop.rows}, 999),
}
