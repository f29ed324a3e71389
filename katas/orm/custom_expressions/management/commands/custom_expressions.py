from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Make two catalogues of the authors of two thousand books."
