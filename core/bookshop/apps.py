from django.apps import AppConfig


class BookshopConfig(AppConfig):
    name = "core.bookshop"
    label = "bookshop"
    verbose_name = "Bookshop"
