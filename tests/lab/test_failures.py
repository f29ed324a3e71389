"""What may go wrong in a lab: a sentence each time, and the lab lives on."""

import pytest

from tests.conftest import in_ci, wait_for
from tests.lab.conftest import write_kata
from tests.lab.test_lab import LAB

some_seconds = in_ci("a lab each, some seconds")
GOOD = "def one():\n    return 'mended'\n"
CALL = "/lab/?call=one()"


@pytest.fixture
def quick(root):
    """Write a kata whose requests may take two seconds; its exercise's path."""

    def write(exercise: str):
        more = 'database = "none"\n[limits]\nseconds = 1'
        return write_kata(root, "quick", more=more, exercise=exercise, lab=LAB) / "exercise.py"

    return write


def heals(lab, path, good=GOOD, words="mended"):
    path.write_text(good)
    assert lab.shows(CALL, words).status == 200


@some_seconds
def test_endless_loop_is_ended_and_named(start_lab, quick):
    path = quick("def one():\n    while True:\n        pass\n")
    lab = start_lab("quick")
    answer = lab.get(CALL)
    assert answer.status == 504
    assert "/lab/ took more than 2 seconds and was ended." in answer.text
    assert "exercise.py:" in answer.text
    text = lab.shows("/lab/", "Too long").text
    assert "exercise.py:" in text
    heals(lab, path)


@some_seconds
def test_endless_loop_in_c_is_ended_from_outside(start_lab, quick):
    path = quick("import itertools\n\n\ndef one():\n    return all(itertools.repeat(True))\n")
    lab = start_lab("quick")
    assert lab.get(CALL).status == 0  # nobody is there to answer it
    text = lab.shows("/lab/", "Too long").text
    assert "/lab/ did not answer within 7 seconds and was ended." in text
    heals(lab, path)


@some_seconds
def test_endless_loop_at_import_is_ended_and_named(start_lab, quick):
    path = quick("while True:\n    pass\n")
    lab = start_lab("quick")
    text = lab.shows("/lab/", "Too long").text
    assert "the start took more than 17 seconds" in text
    assert "exercise.py:" in text
    heals(lab, path)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("os._exit(3)", "with status 3"),
        pytest.param("os.kill(os.getpid(), 11)", "by the signal SIGSEGV", marks=some_seconds),
    ],
)
def test_crash_is_said_and_the_lab_lives_on(start_lab, quick, how, words):
    path = quick(f"import os\n\n\ndef one():\n    {how}\n")
    lab = start_lab("quick")
    assert lab.get(CALL).status == 0
    text = lab.shows("/lab/", "Ended").text
    assert f"The lab&#x27;s process ended {words} while it answered /lab/." in text
    assert lab.post("/lab/again/").status == 302
    lab.shows("/lab/", "one()")
    heals(lab, path)


@some_seconds
def test_exit_at_import_is_said(start_lab, quick):
    path = quick("import sys\n\nsys.exit(5)\n")
    lab = start_lab("quick")
    assert "asked Python to exit, with status 5" in lab.shows("/lab/", "SystemExit").text
    heals(lab, path)


MODEL = "from django.db import models\n\n\nclass Shelf(models.Model):\n    pass\n"
MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL("CREATE TABLE broken (")]
"""


@some_seconds
def test_migration_that_fails_is_said_and_heals(start_lab, root):
    folder = write_kata(
        root,
        "moves",
        "migrations/",
        'database = "memory"\nbuild = "migrations"',
        models=MODEL,
        migrations__0001_initial=MIGRATION,
    )
    (folder / "migrations" / "__init__.py").touch()
    lab = start_lab("moves")
    assert "incomplete input" in lab.shows("/lab/", "OperationalError").text
    mended = MIGRATION.replace("CREATE TABLE broken (", "SELECT 1")
    (folder / "migrations" / "0001_initial.py").write_text(mended)
    lab.shows("/lab/", "no lab.py")


@some_seconds
def test_disk_that_is_full_is_said_in_place_of_the_pages(start_lab, root):
    write_kata(root, "shelves", "models.py", 'database = "memory"', models=MODEL)
    lab = start_lab("shelves", free=100)
    assert "disk" in lab.shows("/lab/", "OperationalError").text
    assert lab.process.poll() is None


def test_disk_without_any_space_gets_a_sentence(start_lab, root, state_on_disk):
    write_kata(root, "shelves", "models.py", 'database = "memory"', models=MODEL)
    lab = start_lab("shelves", free=0)
    assert lab.process.wait(60) == 4
    assert "shelves cannot be" in lab.words
    assert "Traceback" not in lab.words


USER = """from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class User(AbstractBaseUser):
    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"
"""
SWAPPED = 'database = "memory"\n[settings]\nAUTH_USER_MODEL = "swapped.User"'


@some_seconds
def test_swapped_user_model_without_a_manager_has_its_admin(start_lab, root):
    folder = write_kata(root, "swapped", "models.py", SWAPPED, models=USER)
    lab = start_lab("swapped")
    assert lab.get("/lab/admin/").status == 200
    assert lab.get("/lab/admin/swapped/user/").status == 200
    (folder / "models.py").write_text("")
    text = lab.shows("/lab/", "ImproperlyConfigured").text
    assert "swapped.User" in text
    (folder / "models.py").write_text(USER)
    lab.shows("/lab/", "/lab/admin/swapped/user/")


@some_seconds
def test_broken_middleware_of_the_kata_leaves_our_pages_alone(start_lab, root):
    middleware = "def broken(get_response):\n    def do(request):\n        raise ValueError('no')\n"
    middleware += "    return do\n"
    more = 'database = "none"\n[settings]\nMIDDLEWARE = ["copies.labs.ways.middleware.broken"]'
    write_kata(root, "ways", "middleware.py", more, middleware=middleware)
    lab = start_lab("ways")
    assert lab.get("/lab/").status == 200
    answer = lab.get("/")
    assert answer.status == 500
    assert "middleware.py" in answer.text  # Django's own page


@some_seconds
def test_middleware_that_is_not_there_is_said(start_lab, root):
    more = 'database = "none"\n[settings]\nMIDDLEWARE = ["copies.labs.ways.middleware.gone"]'
    write_kata(root, "ways", "middleware.py", more, middleware="")
    text = start_lab("ways").shows("/lab/", "ImportError").text
    assert "gone" in text


@some_seconds
def test_a_server_that_is_killed_is_said(start_lab, quick):
    quick(GOOD)
    lab = start_lab("quick")
    lab.get("/lab/")
    wait_for(lambda: len(lab.servers()) == 2)
    import os
    import signal

    for each in lab.servers():
        os.kill(int(each), signal.SIGKILL)
    assert "by the signal SIGKILL" in lab.shows("/lab/", "Ended").text
    lab.post("/lab/again/")
    lab.shows(CALL, "mended")
