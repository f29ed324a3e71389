from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Take a seat."
    size = 50
