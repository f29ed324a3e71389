from core.demo import DemoCommand


class Command(DemoCommand):
    help = "Log Ada in among thousands of users, as she signed up and in capitals."
