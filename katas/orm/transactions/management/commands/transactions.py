from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Let orders, payments and a rehearsal go wrong in the middle, and count what is left."
    size = 500
