"""The stack and the dev container, as far as no container engine is needed: files, settings, commands."""

import contextlib
import importlib.resources
import json
import os
import re
import stat
import subprocess
import sys

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT
from tests.valkey import Valkey

SECRETS = ("DJANGO_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "RABBITMQ_PASSWORD")


class Loader(yaml.SafeLoader):
    """Knows compose's own tag, which takes away what another file said."""


Loader.add_constructor("!reset", lambda loader, node: [])


def compose(path: str) -> dict:
    return yaml.load((ROOT / path).read_text(), Loader=Loader)


STACK, DEV = compose("docker-compose.yml"), compose(".devcontainer/compose.yml")
CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


@pytest.mark.parametrize("path", ["docker-compose.yml", ".devcontainer/compose.yml"])
def test_compose_files_are_valid(path):
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose(path))


def test_workflows_are_valid():
    paths = map(str, (ROOT / ".github" / "workflows").glob("*.yml"))
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", *paths]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_images_are_pinned_by_version():
    images = [each["image"] for each in STACK["services"].values() if "build" not in each]
    images += re.findall(r"^FROM (\S+:\S+)", (ROOT / ".devcontainer/Dockerfile").read_text(), re.M)
    assert len(images) == 6
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?[\w.-]*$", image)] == []


def test_nothing_is_published_beyond_this_machine():
    ports = [port for each in STACK["services"].values() for port in each.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "beat"])
def test_own_services_are_bounded(name):
    service = STACK["services"][name]
    assert service["read_only"]
    assert service["init"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name != "migrate":
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
        assert service["healthcheck"]["test"][-2:] == ["--part", name]
        conditions = {key: each["condition"] for key, each in service["depends_on"].items()}
        assert conditions.pop("migrate") == "service_completed_successfully"
        assert set(conditions.values()) == {"service_healthy"}


@pytest.mark.parametrize("name", ["postgres", "redis", "rabbitmq", "elasticsearch", "kibana"])
def test_servers_are_bounded_and_no_root(name):
    service = STACK["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["healthcheck"]["test"]
    assert service.get("user") == (name if "profiles" not in service else None)


def test_learner_has_the_number_of_whoever_owns_the_folder():
    services = {**STACK["services"], **DEV["services"]}
    builds = [each["build"]["args"] for each in services.values() if "build" in each]
    assert builds == [{"KATA_UID": "${KATA_UID:-1000}"}] * len(builds)
    assert 'useradd --uid "$KATA_UID"' in (ROOT / ".devcontainer" / "Dockerfile").read_text()


def test_image_ends_as_nobody_special():
    stages = (ROOT / ".devcontainer" / "Dockerfile").read_text().split("\nFROM base AS ")
    assert [re.findall(r"^USER (\w+)", stage, re.M) for stage in stages[1:]] == [["learner"]] * 2


def test_every_secret_is_refused_when_it_is_missing():
    text = (ROOT / "docker-compose.yml").read_text()
    assert {name for name in SECRETS if f"${{{name}:?" in text} == set(SECRETS)
    named = set(re.findall(r"\$\{(\w*(?:PASSWORD|KEY))", text))
    assert named == set(SECRETS)


def test_secrets_are_made_once_for_their_owner_alone(tmp_path):
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "secrets"
    script.write_text((ROOT / "scripts" / "secrets").read_text())
    for _ in range(2):
        assert subprocess.run(["sh", script], check=True, capture_output=True).stdout == b""
    found = (tmp_path / ".env").read_text()
    values = dict(line.split("=") for line in found.splitlines())
    user = values.pop("KATA_UID")
    assert user == str(os.getuid() or 1000)
    assert tuple(values) == SECRETS
    assert {len(value) for value in values.values()} == {60}
    assert len(set(values.values())) == len(SECRETS)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    subprocess.run(["sh", script], check=True)
    assert (tmp_path / ".env").read_text() == found


def test_dev_container_opens_a_service_that_is_there():
    files = [(ROOT / ".devcontainer" / name).resolve() for name in CONTAINER["dockerComposeFile"]]
    assert files == [ROOT / "docker-compose.yml", ROOT / ".devcontainer" / "compose.yml"]
    services = STACK["services"] | DEV["services"]
    assert CONTAINER["service"] in DEV["services"]
    assert [each.split(":")[0] in services for each in CONTAINER["forwardPorts"]] == [True] * 3
    assert set(CONTAINER["portsAttributes"]) == set(CONTAINER["forwardPorts"])
    assert all(each["label"] for each in CONTAINER["portsAttributes"].values())
    recommended = json.loads((ROOT / ".vscode" / "extensions.json").read_text())["recommendations"]
    assert CONTAINER["customizations"]["vscode"]["extensions"] == recommended


# Of the format's reference (containers.dev), as far as they are used; CI holds the whole schema against it.
PROPERTIES = {
    "name": str,
    "dockerComposeFile": list,
    "service": str,
    "workspaceFolder": str,
    "remoteUser": str,
    "updateRemoteUserUID": bool,
    "shutdownAction": str,
    "initializeCommand": str,
    "updateContentCommand": str,
    "postAttachCommand": str,
    "waitFor": str,
    "forwardPorts": list,
    "portsAttributes": dict,
    "customizations": dict,
}


def test_dev_container_says_what_the_format_knows():
    assert {name: type(value) for name, value in CONTAINER.items()} == PROPERTIES
    assert CONTAINER["shutdownAction"] in ("none", "stopCompose")
    assert CONTAINER["waitFor"] in CONTAINER
    assert all(re.fullmatch(r"[a-z0-9-]+:\d{1,5}", each) for each in CONTAINER["forwardPorts"])
    for each in CONTAINER["portsAttributes"].values():
        assert set(each) <= {"label", "onAutoForward"}
        assert each["onAutoForward"] in ("notify", "openBrowser", "silent", "ignore")


def test_paths_of_both_files_are_read_from_the_root():
    services = [*STACK["services"].values(), *DEV["services"].values()]
    for build in (each["build"] for each in services if "build" in each):
        context = ROOT / build["context"]
        assert (context / build["dockerfile"]).is_file()
        assert (context / "manage.py").is_file()
    mounts = [each.split(":")[0] for service in services for each in service.get("volumes", [])]
    assert {each for each in mounts if each.startswith(".")} == {".", "./.kata", "./katas"}


def test_every_part_of_the_dev_container_has_one_secret_and_one_state():
    own = DEV["services"]["workspace"]["environment"]
    theirs = STACK["services"]["web"]["environment"]
    for name in ("DATABASE_URL", "KATA_REDIS_URL", "DJANGO_SECRET_KEY"):
        assert own[name] == re.sub(r":\?[^}]*", "", theirs[name])
    for name in ("workspace", "web", "worker", "beat"):
        assert "./.kata:/workspace/.kata" in DEV["services"][name]["volumes"]


def test_every_script_that_is_called_is_there_and_can_be_run():
    commands = [value for key, value in CONTAINER.items() if key.endswith("Command")]
    commands += [str(each.get("command")) for each in DEV["services"].values()]
    scripts = {name for command in commands for name in re.findall(r"scripts/\w+", command)}
    assert scripts == {"scripts/secrets", "scripts/test", "scripts/kata"}
    assert all(os.access(ROOT / name, os.X_OK) for name in scripts)


# --- settings of production


def production(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    sound = {
        "DJANGO_SETTINGS_MODULE": "core.production",
        "DJANGO_SECRET_KEY": "".join(map(chr, range(65, 120))),
        "DJANGO_ALLOWED_HOSTS": "kata.example.com",
        "DATABASE_URL": "postgresql://ada@localhost/workspace",
        "KATA_REDIS_URL": "redis://localhost:6379/0",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | sound | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_djangos_own_check():
    done = production("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DJANGO_SECRET_KEY", "", "DJANGO_SECRET_KEY is not set: it signs sessions and links."),
        ("DJANGO_SECRET_KEY", "short", "DJANGO_SECRET_KEY can be guessed"),
        ("DJANGO_SECRET_KEY", "x" * 60, "DJANGO_SECRET_KEY can be guessed"),
        ("DJANGO_SECRET_KEY", "django-insecure-" + "abcdefgh" * 8, "can be guessed"),
        ("DJANGO_ALLOWED_HOSTS", "", "DJANGO_ALLOWED_HOSTS is not set"),
        ("DJANGO_ALLOWED_HOSTS", "a.example.com, *", "DJANGO_ALLOWED_HOSTS is *"),
        ("DATABASE_URL", "", "cannot share one SQLite file"),
        ("KATA_REDIS_URL", "", "KATA_REDIS_URL is not set"),
    ],
)
def test_production_refuses_what_is_unsafe(name, value, words):
    done = production("check", **{name: value, "REDIS_URL": ""})
    assert done.returncode
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_error_network_that_is_none(manage):
    status, _, err = manage("health", env={"KATA_LOGIN_FROM": "172.16.0.0/12, nowhere"})
    assert status == 4
    assert err.startswith("KATA_LOGIN_FROM is '172.16.0.0/12, nowhere'")


# --- commands


def test_health_in_words_and_as_data(manage, state):
    nothing = {"KATA_REDIS_URL": "", "REDIS_URL": ""}
    status, out, err = manage("health", env=nothing)
    assert (status, err) == (1, "")
    assert out.splitlines()[:2] == ["✓ the database answers", "✗ no broker"]
    status, out, _ = manage("health", "--json", env=nothing)
    found = json.loads(out)
    assert (status, found["ok"], found["database"], found["queued"]) == (1, False, True, 0)


def test_health_of_a_part_follows_its_signs_of_life(manage, state):
    with contextlib.closing(Valkey()) as valkey:
        valkey.start()
        env = {"KATA_REDIS_URL": valkey.url}
        assert manage("health", "--part", "beat", env=env)[:2] == (
            1,
            "The part beat is not well.\n",
        )
        valkey.client.zadd("kata:alive", {"beat": 1e12})
        assert manage("health", "--part", "beat", env=env)[0] == 0
        assert manage("health", "--part", "worker", env=env)[0] == 1
    assert manage("health", "--part", "web", "--port", "1")[0] == 1


def test_logs_are_json_where_that_is_asked_for():
    code = (
        "import logging; from core import logs; logs.configure()\n"
        "try: 1/0\n"
        "except ZeroDivisionError: logging.getLogger('x').exception('two\\nlines')"
    )
    environment = os.environ | {"KATA_LOGS": "json"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    found = json.loads(done.stderr)
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "x", "two\nlines")
    assert "ZeroDivisionError" in found["exception"]
