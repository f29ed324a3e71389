"""A real Chromium on a real server, with a state and a catalogue of its own.

Every page must stay within the content security policy and the window: what the browser complains
of fails the test.
"""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import database
from tests.cockpit.verdicts import copy_kata
from tests.conftest import ROOT, unavailable, wait_for

ARGUMENTS = (
    "--no-sandbox",  # for root, in a container
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
expect.set_options(timeout=60_000)  # what a worker does may take its time on a busy machine
AXE = ROOT / "tests" / "vendor" / "axe.min.js"


@pytest.fixture(scope="module")  # its event loop must not outlive it: Django refuses to work in one
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        unavailable("Chromium: `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Site:
    address: str
    session: str
    kata: Path  # the folder of the kata `joined`


@pytest.fixture(scope="module")
def site(tmp_path_factory, migrated):
    """The workspace's own server, with three runs of the kata `joined`."""
    folder = tmp_path_factory.mktemp("site")
    kata = copy_kata(folder / "copies", "joined")
    database.copy(migrated, folder / "state")
    environment = os.environ | {
        **database.workspace(folder / "state"),
        "KATA_PATH": str(folder / "copies"),
        "KATA_SERVER": "0",
        "KATA_REDIS_URL": "",  # no workers are set up
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "core.settings",
    }
    past = [sys.executable, "-m", "tests.browser.past"]
    made = subprocess.run(past, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    port = free_port()
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(address) or server.poll() is not None, 60)
        assert server.poll() is None, (folder / "server.log").read_text()
        yield Site(address, made.stdout.strip(), kata)
    finally:
        server.terminate()
        server.wait(60)
        log.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/admin/login/"):
            return True
    except OSError:
        return False


@pytest.fixture
def open_page(chromium: Browser, site: Site, request):
    """Open a window on the site; at the end, nothing may have been complained of."""
    contexts, complaints = [], []

    def make(*, width=1000, scheme="light", logged_in=True, **options) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            base_url=site.address,
            **options,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        if logged_in:
            cookie = {"name": "sessionid", "value": site.session, "url": site.address}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("console", lambda m: m.type == "error" and complaints.append((page.url, m.text)))
        page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page):
    return open_page()


def serious(page: Page, *, but: str = "") -> list[str]:
    """What axe-core finds on the page that is serious or critical; `but` selects what is not ours."""
    page.evaluate(AXE.read_text())
    where = f"{{exclude: [{but!r}]}}" if but else "document"
    # Preloading puts a style into what is not ours, which the policy of a page forbids.
    options = "{resultTypes: ['violations'], preload: false}"
    found = page.evaluate(f"axe.run({where}, {options})")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def beyond_window(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return page.evaluate(wide)
