from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask for the catalogue of a shop, as partners do."
    size = 200
