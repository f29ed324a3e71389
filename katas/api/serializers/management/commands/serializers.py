from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Show a catalogue, and change one book of it by PATCH."
    size = 500
