from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Lend a copy that is out: what the model says, what the table says, and what each asks."
