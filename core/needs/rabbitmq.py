"""RabbitMQ: a virtual host of its own for each holder, with a user that may use no other.

Virtual hosts are made by the management plugin, which a server that a URL names must have as well.
"""

import contextlib
import functools
import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from core.errors import KataError
from core.needs.find import Found
from core.needs.rest import FAILURES, ask
from core.needs.server import Server, Share, environment, first_line
from core.needs.urls import amqp_url, management_url, without_password
from core.processes import die_with_parent

LOOPBACK = "127.0.0.1"
USER = "kata"
MANAGEMENT = 15672  # the plugin's port, where a URL names a server
CONFIGURATION = """\
listeners.tcp.1 = {host}:{port}
management.tcp.ip = {host}
management.tcp.port = {management}
management.disable_stats = true
default_user = {user}
default_pass = {password}
log.console = true
log.console.level = error
"""


class RabbitMQ(Server):
    patience = 80.0  # an Erlang takes its time: four seconds, or fifteen on a busy machine

    def __init__(self, found: Found, folder: Path) -> None:
        super().__init__(found, folder)
        self.data = folder / "data"
        self.prefix = f"kata_{self.mark}"
        self.url = found.url
        self.management = os.environ.get("RABBITMQ_MANAGEMENT_URL", "")
        if found.url and not self.management:
            self.management = management_url(found.url, MANAGEMENT)

    def start(self) -> None:
        if self.found.url:
            self._meet()
        else:
            self._launch()
        for kind in ("vhosts", "users"):
            for each in self._ask("GET", kind):
                if each["name"].startswith(f"{self.prefix}_"):  # of a host of ours that was killed
                    self._ask("DELETE", f"{kind}/{each['name']}")

    def lend(self, wish: dict[str, Any]) -> Share:
        name, password = f"{self.prefix}_{secrets.token_hex(4)}", secrets.token_hex(12)
        share = Share(name)
        try:
            self._ask("PUT", f"vhosts/{name}")
            self._ask("PUT", f"users/{name}", {"password": password, "tags": ""})
            everything = dict.fromkeys(("configure", "write", "read"), ".*")
            self._ask("PUT", f"permissions/{name}/{name}", everything)
        except Exception:
            self.take_back(share)
            raise
        url = amqp_url(self.url, user=name, password=password, host=name)
        share.environment |= {"RABBITMQ_URL": url, "CELERY_BROKER_URL": url}
        return share

    def take_back(self, share: Share) -> None:
        for kind in ("vhosts", "users"):
            self._ask("DELETE", f"{kind}/{share.name}")

    def answers(self) -> None:
        self._ask("GET", "whoami")

    def end(self) -> None:
        super().end()
        if not self.found.url:
            shutil.rmtree(self.data, ignore_errors=True)

    def _launch(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        port, management, distribution, names = _free_ports(4)
        password = secrets.token_hex(16)
        self.url = f"amqp://{USER}:{password}@{LOOPBACK}:{port}"
        self.management = management_url(self.url, management)
        try:
            self.data.mkdir(mode=0o700)
            (self.data / "plugins").write_text("[rabbitmq_management].\n")
            (self.data / "rabbitmq.conf").write_text(
                CONFIGURATION.format(
                    host=LOOPBACK, port=port, management=management, user=USER, password=password
                )
            )
        except OSError as error:
            self.fails(f"{error.filename or self.folder}: {error.strerror}", error)
        own = self._environment(distribution, names)
        self._launch_names(own)
        self.launch([self.found.program or ""], more=own)
        self.until_ready(lambda: self._ask("GET", "whoami"), *FAILURES)

    def _environment(self, distribution: int, names: int) -> dict[str, str]:
        """All that would be the system's otherwise: name, cookie, folders, ports."""
        return {
            "HOME": str(self.data),  # of the cookie, which it makes
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_NODENAME": f"{self.prefix}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(self.data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.data / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(self.data / "pid"),
            "RABBITMQ_CONFIG_FILE": str(self.data / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.data / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.data / "none.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.data / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # its script becomes the server, and no parent of it
        }

    def _launch_names(self, own: dict[str, str]) -> None:
        """Erlang's service of names: started by the server, it would outlive it and its host."""
        try:
            subprocess.Popen(
                ["epmd"],  # noqa: S607 - beside Erlang, wherever that is
                stdin=subprocess.DEVNULL,
                env=environment() | own,
                cwd="/",
                preexec_fn=functools.partial(die_with_parent, os.getpid()),
            )
        except OSError as error:
            self.fails(f"epmd: {error.strerror}", error)

    def _meet(self) -> None:
        try:
            self._ask("GET", "whoami")
        except FAILURES as error:
            raise KataError(
                f"{self.name} cannot be used: its management plugin does not answer at "
                f"{without_password(self.management)}: {first_line(str(error))}.",
                hint="Run `rabbitmq-plugins enable rabbitmq_management` there, name it with "
                "RABBITMQ_MANAGEMENT_URL, or unset RABBITMQ_URL.",
            ) from error
        self.running = True

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        """What the management plugin answers."""
        return ask(f"{self.management}/api", method, path, body)


def _free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody had a moment ago: the server takes no socket of ours."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
