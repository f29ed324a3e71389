from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Read, save and relate in a shop with a replica, and count what its primary is asked."
    size = 500
