from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Raise the prices of a publisher's books, and let two tills sell the same one."
    size = 2000
