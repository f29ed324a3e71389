from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Print the catalogue, the offers and the latest books of every author of a large shop."
    size = 1000
