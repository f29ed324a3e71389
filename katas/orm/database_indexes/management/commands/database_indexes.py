from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Ask for three reports on a hundred thousand sales, and record a thousand more."
    size = 100_000
