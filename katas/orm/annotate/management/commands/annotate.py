from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Compare the four lists of authors, their numbers and their queries."
    size = 1000
