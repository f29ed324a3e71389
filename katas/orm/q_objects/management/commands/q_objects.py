from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Search a large shop, and count the books and the rows that came for them."
    size = 4000
