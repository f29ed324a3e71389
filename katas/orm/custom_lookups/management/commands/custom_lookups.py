from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask a shop of five thousand books for two centuries."
    size = 5000
