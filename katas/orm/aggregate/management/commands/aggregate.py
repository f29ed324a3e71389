from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Add up what a shop has sold: in Python, and in the database."
    size = 400
