from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Let two desks of the bookshop meet at one copy, and show who waits for whom."
    size = 500
