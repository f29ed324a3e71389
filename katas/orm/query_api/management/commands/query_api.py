from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask the catalogue of a large shop, and take a publisher's books off sale."
    size = 2000
