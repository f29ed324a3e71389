from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Let two threads meet in every order that there is, and count how often it goes wrong."
