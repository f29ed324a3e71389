from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Show the three reports of a shop with ten thousand order lines."
    size = 1000
