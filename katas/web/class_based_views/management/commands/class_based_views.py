from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask for the pages of a reading journal, as two readers and as nobody."
    size = 500
