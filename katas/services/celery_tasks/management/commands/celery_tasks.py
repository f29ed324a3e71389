from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Count the letters that are mailed while customers wait, and the messages that are left."
    size = 200
