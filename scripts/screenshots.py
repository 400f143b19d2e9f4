"""Pictures of the running program for the README and for looking at: docs/pictures/*.png.

    .venv/bin/python scripts/screenshots.py [--address http://127.0.0.1:8000] [--out docs/pictures] [--all]

Without --address a server of its own is started on a free port, on a fresh folder, and stopped afterwards.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"": (1366, 768), "-phone": (390, 844)}
README = {"board": "/?scenario=drill", "why": "/why/energy_intensity_decline/512000/2025?scenario=drill"}
PAGES = {
    **README,
    "board-real": "/",
    "board-en": "/?scenario=drill&lang=en",
    "board-county": "/?scenario=drill&county=512021",
    "history": "/history/gdp/512021/2024?scenario=drill",
    "target": "/target/energy-intensity?scenario=drill",
    "target-real": "/target/cod",
    "county": "/county/512021?scenario=drill",
    "plan": "/plan",
    "duties": "/duties",
    "findings": "/findings?scenario=drill",
    "handbook": "/handbook",
    "import": "/import",
    "accounting": "/accounting",
    "balance": "/balance?scenario=drill&year=2023",
    "balance-real": "/balance?year=2023",
    "flows": "/flows?scenario=drill&year=2023",
    "carbon": "/carbon?scenario=drill&year=2023",
    "login": "/login",
    "error": "/?light=9",
}


@contextmanager
def server() -> Iterator[str]:
    """A server of our own on a free port and a fresh folder; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="duheng-pictures-") as home:
        environment = {**os.environ, "DUHENG_HOME": home}
        command = [sys.executable, "-m", "duheng", "serve", "--port", str(port), "--workers", "1"]
        running = subprocess.Popen(command, env=environment, cwd=CHECKOUT)
        try:
            _wait(address, running)
            yield address
        finally:
            running.terminate()
            running.wait(30)


def _wait(address: str, running: subprocess.Popen[bytes], most: float = 180) -> None:
    until = time.monotonic() + most
    while time.monotonic() < until:
        if running.poll() is not None:
            raise SystemExit(f"the server stopped with code {running.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310  (our own http address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit(f"the server did not answer within {most:.0f} s")


def take(browser: Browser, address: str, pages: dict[str, str], out: Path, *, whole: bool) -> None:
    """One picture of each page in each size."""
    for suffix, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        page = context.new_page()
        for name, path in pages.items():
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=out / f"{name}{suffix}.png", full_page=whole)
            context.clear_cookies()
        context.close()


def main() -> None:
    """Take the pictures asked for on the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--address", help="a server that already runs")
    options.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "pictures")
    options.add_argument(
        "--all", action="store_true", help="every page in full length, not only the README's"
    )
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    pages = PAGES if chosen.all else README
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if chosen.address:
            take(browser, chosen.address, pages, chosen.out, whole=chosen.all)
        else:
            with server() as address:
                take(browser, address, pages, chosen.out, whole=chosen.all)
        browser.close()


if __name__ == "__main__":
    main()
