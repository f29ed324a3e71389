from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Search a shop of a thousand books, and walk down a tree of a thousand genres."
    size = 1000
