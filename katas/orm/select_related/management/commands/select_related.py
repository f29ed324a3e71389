from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Count what the three lists ask of a shop with thousands of order lines."
    size = 400
