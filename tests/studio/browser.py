"""A headless Chromium for a test, driven through chromedriver; skips where there is none."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def chromium(profile: Path, size: tuple[int, int] = (1366, 768), *more: str) -> Iterator[Any]:
    """A driver whose page is `size` pixels, with a fresh profile folder."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    driver_program = shutil.which("chromedriver")
    if not program or not driver_program:
        pytest.skip("no Chromium with chromedriver here: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}", *more):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=driver_program)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        chrome = driver.execute_script("return window.outerHeight - window.innerHeight")
        driver.set_window_size(size[0], size[1] + max(0, chrome))
        yield driver
    finally:
        driver.quit()


class Verb:
    """`kineograph …` as a person starts it; address: where its page is served."""

    def __init__(self, *arguments: object):
        command = [sys.executable, "-m", "kineograph", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        lines = iter(self.process.stdout.readline, "")
        self.address = next(m[0] for line in lines if (m := re.search(r"http://\S+", line)))

    def end(self, by: int) -> str:
        """Send a signal; what it printed after its address."""
        self.process.send_signal(by)
        return str(self.process.communicate(timeout=60)[0])
