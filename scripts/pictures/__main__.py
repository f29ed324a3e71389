"""The pictures of the README: terminal, cockpit and lab as they are, dark and light, by a real Chromium.

On a copy of the workspace with a state of its own: nobody's files and runs are touched.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI, TerminalTheme
from rich.text import Text

from core.errors import KataError
from core.state import ROOT

PICTURES = ROOT / "docs" / "pictures"
COPIED = ("core", "fixtures", "katas", "manage.py", "pyproject.toml")
SOLVED = ("iterators", "strategy", "query_api", "database_constraints")
SHOWN = "select_related"
SCHEMES: dict[str, TerminalTheme] = {"light": DEFAULT_TERMINAL_THEME, "dark": DIMMED_MONOKAI}
TERMINAL = """<style>
body {{ margin: 0; }}
pre {{ margin: 0; padding: 20px 24px; display: inline-block; font: 15px/1.35 "DejaVu Sans Mono",
  monospace; background: {background}; color: {foreground}; }}
</style><pre>{code}</pre>"""
WINDOW = {"width": 1280, "height": 860}
PATIENCE = 90.0  # seconds for a server to say where it is


class Copy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "workspace"
        ignored = shutil.ignore_patterns("__pycache__")
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.folder / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, self.folder / name)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KATA_", "DJANGO_", "REDIS_"))
        } | {
            "KATA_STATE": str(folder / "state"),
            "KATA_SERVER": "0",
            "COLUMNS": "80",
            "KATA_COMMAND": "scripts/kata",
            "XDG_RUNTIME_DIR": str(folder),
        }

    def manage(self, *words: str) -> str:
        """What a command prints, whatever its exit status says of the code."""
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode > 1:
            raise KataError(f"`manage.py {' '.join(words)}` ended with {done.returncode}.")
        return done.stdout

    def solve(self, name: str) -> None:
        (folder,) = self.folder.glob(f"katas/*/{name}")
        shutil.copytree(folder / "author" / "solution", folder, dirs_exist_ok=True)

    @contextlib.contextmanager
    def serving(self, *words: str, link: str) -> Iterator[str]:
        """A command that stays: the link in what it prints, found by a pattern."""
        log = self.folder / "log"
        with log.open("w") as file:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "manage.py", *words],
                cwd=self.folder,
                env=self.environment,
                stdout=file,
                stderr=file,
            )
        try:
            end = time.monotonic() + PATIENCE
            while not (found := re.search(link, log.read_text())):
                if process.poll() is not None or time.monotonic() > end:
                    raise KataError(f"`manage.py {' '.join(words)}` gave no link.")
                time.sleep(0.1)
            yield found[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def terminal(browser: Browser, output: str) -> None:
    """The verdict, drawn from the very bytes that the command prints."""
    for scheme, theme in SCHEMES.items():
        console = Console(record=True, width=80, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
        console.print(Text.from_ansi(output))
        html = console.export_html(theme=theme, inline_styles=True, code_format=TERMINAL)
        page = browser.new_page(viewport=WINDOW, device_scale_factor=1.5)
        page.set_content(html)
        page.locator("pre").screenshot(path=PICTURES / f"terminal-{scheme}.png")
        page.close()


def pages(browser: Browser, way_in: str, paths: dict[str, str]) -> None:
    """A picture of each page, in both schemes; the link logs in once, so its cookies are kept."""
    first = browser.new_context()
    first.new_page().goto(way_in)
    for scheme in SCHEMES:
        context = browser.new_context(
            viewport=WINDOW, color_scheme=scheme, storage_state=first.storage_state()
        )
        page = context.new_page()
        for name, path in paths.items():
            page.goto(re.sub(r"(//[^/]+)/.*", r"\1", way_in) + path)
            page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
        context.close()
    first.close()


def main() -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("The pictures are taken by Chromium. Run `sudo apt install chromium`.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kp-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        copy = Copy(Path(folder))
        copy.manage("migrate", "-v0")
        copy.manage("bookshop", "load")
        for name in SOLVED:
            copy.manage("kata", name, "--cold")
            copy.solve(name)
            copy.manage("kata", name, "--cold")
        terminal(browser, copy.manage("kata", SHOWN, "--cold", "--force-color"))
        with copy.serving("serve", "--port", "0", link=r"http://\S+/login/\S+/") as link:
            pages(browser, link, {"cockpit": "/admin/", "kata": f"/admin/katas/{SHOWN}/"})
        with copy.serving("kata", SHOWN, "--lab", link=r"http://\S+/enter/\S+/") as link:
            pages(browser, link, {"lab": "/lab/?call=packing_list(1000)"})
        browser.close()


if __name__ == "__main__":
    main()
