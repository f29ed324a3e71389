from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Loop over a supplier's stock list that has blank lines, once, twice and side by side."
