from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Report on the orders, customers and prices of a shop, and change some prices."
    size = 1000
