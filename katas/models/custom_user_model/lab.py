"""What the demo and the lab show of this kata."""

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import make_password

User = get_user_model()
PASSWORD = "engine"  # noqa: S105 - of users that live as long as the demo


def populate(size: int) -> None:
    """`size` users, Ada among them. They do not come from the manager that the kata is about."""
    password = make_password(PASSWORD)
    User.objects.bulk_create(
        User(email=f"reader{n}@example.com", name=f"Reader {n}", password=password)
        for n in range(size - 1)
    )
    User.objects.create(email="Ada@example.com", name="Ada", password=password)


def sign_up() -> str:
    """What the password column of a new account holds."""
    return User.objects.create_user("grace@example.com", "compiler", name="Grace").password


def log_in(email: str) -> object:
    return authenticate(email=email, password=PASSWORD)


calls = {
    "log in as Ada@": lambda: log_in("Ada@example.com"),
    "log in as ADA@": lambda: log_in("ADA@EXAMPLE.COM"),
    "sign up": sign_up,
}
