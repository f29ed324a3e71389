from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Import a delivery, a price list and a stocktaking of many books."
    size = 1000
