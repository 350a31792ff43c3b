"""How long a person takes to review a hundred photos in the browser, and what is sent for it.

    python -m tests.benchmarks.reviewing FOLDER [--photos 100] [--every 1.0]

So many pictures of the folder are filed by rules that call none of them sure, with the shipped
model; then the review is opened in Debian's chromium, and a key is pressed every second for the
photo under the cursor: the class that the model guessed first. Prints how long that took, how late
the page was after its key (until it no longer counted the photo), and the bytes that came in.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.benchmarks.cost import memory
from tests.benchmarks.processes import ROOT
from tests.review.conftest import CHROMIUM_FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CONFIG = """\
version: 1
watch: {home}/in
library: {home}/library
rules:
  - name: all
    when: {{min_confidence: 1.0}}
    to: "{{class}}/"
uncertain: Review/
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("in", "library"):
            (home / name).mkdir()
        pictures = sorted(options.folder.rglob("*.jpg"))
        step = max(1, len(pictures) // options.photos)
        for picture in islice(pictures, 0, step * options.photos, step):
            shutil.copy(picture, home / "in")
        (home / "config.yaml").write_text(_CONFIG.format(home=home))
        environ = os.environ | {
            f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("STATE", "CACHE", "CONFIG")
        }
        words = (sys.executable, "-m", "gallery_daemon")
        asked = ("--config", str(home / "config.yaml"))
        subprocess.run(
            [*words, "sort", str(home / "in"), *asked], cwd=ROOT, env=environ, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        server = subprocess.Popen(
            [*words, "review", "--no-browser", *asked], cwd=ROOT, env=environ,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found is not None, "the review did not say its address"
            _review(found.group(), options.photos, options.every)
            print(f"the server holds {memory(server.pid).pss_mb:.0f} MB with its picture processes")
        finally:
            server.terminate()
            server.wait()


def _review(address: str, photos: int, every_s: float) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        received = _counted(page)
        page.goto(address)
        page.locator(".cell[data-photo]").first.wait_for()
        page.wait_for_timeout(1000)
        began, late_ms = time.perf_counter(), []
        for number in range(photos):
            page.wait_for_timeout(max(0, 1000 * (began + number * every_s - time.perf_counter())))
            late_ms.append(_one(page))
        page.locator("#empty-title").wait_for()
        seconds = time.perf_counter() - began
        print(
            f"{photos} photos in {seconds:.0f} s; the page was late by"
            f" {statistics.median(late_ms):.0f} ms (median), {max(late_ms):.0f} ms at most;"
            f" {sum(received) / 1e6:.2f} MB came in, {sum(received) / photos / 1e3:.0f} kB a photo"
        )
        browser.close()


def _one(page: Page) -> float:
    """A key is pressed; after so many milliseconds the photo was gone."""
    left = page.inner_text("#left")
    began = time.perf_counter()
    page.keyboard.press("Enter")
    while page.inner_text("#left") == left:
        pass
    return 1000 * (time.perf_counter() - began)


def _counted(page: Page) -> list[float]:
    """The bytes of each answer as they come over the wire, heads too."""
    sizes: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    return sizes


if __name__ == "__main__":
    main()
