from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Send requests to an async server: thread switches, mixed ids, a forged id."
    size = 500
