import os
from unittest import mock

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from parameterized import parameterized

from core.judge import expect, expect_raises, rng

User = get_user_model()
NUMBER = rng("users").randrange(1000, 10000)
EMAIL = f"Ada{NUMBER}.King@example.com"
PASSWORD = f"engine-{NUMBER}"


def outcome(call, *args, **options):
    """The name of the error that refuses the call, or "accepted"."""
    try:
        with transaction.atomic():
            call(*args, **options)
    except (ValueError, IntegrityError, ValidationError) as error:
        return type(error).__name__
    return "accepted"


def messages(user):
    try:
        user.full_clean()
    except ValidationError as error:
        return error.messages
    return []


def stored(**options):
    """An account that does not come from the manager under test."""
    user = User(**({"email": EMAIL, "name": "Ada"} | options))
    user.set_password(PASSWORD)
    user.save()
    return user


NO_ADDRESS = "The e-mail is the name to log in with: an account without one can never be reached."


@pytest.mark.task(1)
class Account(TestCase):
    def test_password_is_hashed(self):
        user = User.objects.create_user(EMAIL, PASSWORD, name="Ada")
        column = User.objects.values_list("password", flat=True).get()
        because = (
            "Who reads a backup reads this column: it holds a hash, which set_password() makes."
        )
        call = "(the column holds the password itself, check_password(password))"
        got = (column == PASSWORD, user.check_password(PASSWORD))
        expect(call, got, (False, True), because)

    def test_no_password_is_no_empty_password(self):
        user = User.objects.create_user(EMAIL, name="Ada")
        because = "An account without a password must refuse every password, the empty one too."
        call = "create_user(email).has_usable_password()"
        expect(call, user.has_usable_password(), False, because)

    @parameterized.expand([("empty", ""), ("none", None)])
    def test_address_is_needed(self, case, email):
        got = outcome(User.objects.create_user, email, PASSWORD, name="Ada")
        expect(f"create_user({email!r}, password)", got, "ValueError", NO_ADDRESS)

    @parameterized.expand([("capitals", "EXAMPLE.COM"), ("one_capital", "Example.com")])
    def test_domain_in_small_letters(self, case, domain):
        typed = EMAIL.replace("example.com", domain)
        user = User.objects.create_user(typed, PASSWORD, name="Ada King")
        user.refresh_from_db()
        because = (
            "Capitals mean nothing in a domain; what stands before the @ stays as it was typed."
        )
        call = f"create_user({typed!r}, password, name='Ada King'): (email, name)"
        expect(call, (user.email, user.name), (EMAIL, "Ada King"), because)


def raw_insert():
    kept = "password, is_superuser, is_active, is_staff"
    table = User._meta.db_table
    with connection.cursor() as cursor:
        copied = f"SELECT UPPER(email), 'Grace', {kept} FROM {table}"
        cursor.execute(f"INSERT INTO {table} (email, name, {kept}) {copied}")


def update():
    other = stored(email="grace@example.com", name="Grace")
    User.objects.filter(pk=other.pk).update(email=EMAIL.upper())


SECONDS = [
    ("create_user", lambda: User.objects.create_user(EMAIL.lower(), PASSWORD, name="Grace")),
    ("bulk_create", lambda: User.objects.bulk_create([User(email=EMAIL.upper(), name="Grace")])),
    ("update", update),
    ("raw_insert", raw_insert),
]


@pytest.mark.task(2)
class OneAddress(TestCase):
    @parameterized.expand(SECONDS)
    def test_second_account(self, way, write):
        stored()
        got = "accepted" if outcome(write) == "accepted" else "refused"
        because = "Ada@… and ada@… are one person: the table must refuse, whoever writes."
        expect(f"{way} of {EMAIL} in other letters", got, "refused", because)

    @parameterized.expand(["lower", "upper", "swapcase"])
    def test_log_in(self, case):
        user = stored()
        typed = getattr(EMAIL, case)()
        because = "People do not remember which letters were capitals, and a phone adds some."
        got = authenticate(email=typed, password=PASSWORD)
        expect(f"authenticate(email={typed!r}, …)", got, user, because)

    @parameterized.expand([("unknown", "grace@example.com"), ("a_part", EMAIL[1:])])
    def test_no_such_account(self, case, email):
        stored()
        because = "authenticate() and createsuperuser wait for this exception, and know no None."
        call = f"User.objects.get_by_natural_key({email!r}), which nobody has"
        with expect_raises(call, User.DoesNotExist, because=because):
            User.objects.get_by_natural_key(email)

    def test_form_says_it_in_words(self):
        stored()
        got = messages(User(email=EMAIL.swapcase(), name="Grace", password="x"))
        because = "A form shows what full_clean() says: a constraint can bring its own words."
        call = f"messages of full_clean() for {EMAIL} in other letters"
        expect(call, got, ["An account with this e-mail exists already."], because)

    def test_django_finds_no_fault(self):
        got = [error.id for error in run_checks(tags=["models"])]
        because = "Django wants the field of USERNAME_FIELD unique as well (auth.E003 says so)."
        expect("faults that Django's check finds", got, [], because)


@pytest.mark.task(3)
class Superuser(TestCase):
    def test_flags(self):
        user = User.objects.create_superuser(EMAIL, PASSWORD, name="Ada")
        got = (user.is_staff, user.is_superuser, user.has_usable_password())
        because = "is_superuser passes every permission; the door of the admin asks for is_staff."
        call = "create_superuser(…): (is_staff, is_superuser, has_usable_password())"
        expect(call, got, (True, True, True), because)

    @parameterized.expand(["is_staff", "is_superuser"])
    def test_contradiction(self, flag):
        got = outcome(User.objects.create_superuser, EMAIL, PASSWORD, name="Ada", **{flag: False})
        because = "The caller contradicts itself: say so, and guess neither way."
        expect(f"create_superuser(…, {flag}=False)", got, "ValueError", because)

    def test_ordinary_account(self):
        user = User.objects.create_user(EMAIL, PASSWORD, name="Ada")
        because = "Every customer gets an account like this: none of them may enter the admin."
        call = "create_user(…): (is_staff, is_superuser)"
        expect(call, (user.is_staff, user.is_superuser), (False, False), because)

    def test_command(self):
        answers = {"EMAIL": "ada@example.com", "NAME": "Ada", "PASSWORD": PASSWORD}
        with mock.patch.dict(os.environ, {f"DJANGO_SUPERUSER_{k}": v for k, v in answers.items()}):
            call_command("createsuperuser", interactive=False, verbosity=0)
        got = User.objects.values_list("email", "name", "is_staff").get()
        because = "createsuperuser asks for the fields in REQUIRED_FIELDS: the name is one."
        call = "manage.py createsuperuser --no-input: (email, name, is_staff)"
        expect(call, got, ("ada@example.com", "Ada", True), because)

    def test_permissions(self):
        permission = Permission.objects.filter(content_type__app_label="auth").first()
        group = Group.objects.create(name="Desk")
        group.permissions.add(permission)
        users = {
            "in no group": stored(email="a@example.com", is_staff=True),
            "in the group": stored(email="b@example.com"),
            "superuser": stored(email="c@example.com", is_superuser=True),
            "inactive superuser": stored(email="d@example.com", is_superuser=True, is_active=False),
        }
        users["in the group"].groups.add(group)
        name = f"auth.{permission.codename}"
        got = {who: user.has_perm(name) for who, user in users.items()}
        expected = dict.fromkeys(users, False) | {"in the group": True, "superuser": True}
        because = "Groups and is_superuser decide, as PermissionsMixin asks them."
        expect(f"has_perm({name!r})", got, expected, because)
