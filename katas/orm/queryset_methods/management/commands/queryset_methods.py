from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Count the values that five questions fetch from a shop of many books."
    size = 5000
