from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask for the four lists in a shop of a thousand books."
    size = 1000
