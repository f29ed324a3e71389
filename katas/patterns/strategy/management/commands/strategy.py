from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Price one parcel twice, and an order with hundreds of carriers."
    size = 400
