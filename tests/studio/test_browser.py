"""The page in headless Chromium: draw, mark by key and by drag, reload, kill the server, go on."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.studio.browser import chromium
from tests.studio.drawn_room import draw_room

pytestmark = [pytest.mark.browser, pytest.mark.live]

PATIENCE_SECONDS = 20


class Server:
    """`kineograph annotate` as a person starts it."""

    def __init__(self, folder: Path, *more: str):
        command = [sys.executable, "-m", "kineograph", "annotate", str(folder / "room.mp4")]
        command += ["--out", str(folder / "marks"), "--no-browser", "--labels", "writing,drinking"]
        self.process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
        self.address = ""
        for line in self.process.stdout or []:
            if found := re.search(r"http://\S+", line):
                self.address = found[0]
                break
        assert self.address, "the server printed no address"

    def kill(self) -> None:
        """As a power cut would: no chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


def until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


class Page:
    """What a person does with mouse and keys."""

    def __init__(self, driver: Any, address: str):
        self.driver = driver
        driver.get("about:blank")  # a new fragment alone would not load the page anew
        driver.get(address)
        self.wait_ready()

    def wait_ready(self) -> None:
        until(lambda: self.data("ready") == "yes", "the page")

    def data(self, name: str) -> str | None:
        return self.driver.execute_script("return document.body.dataset[arguments[0]]", name)

    def wait_saved(self) -> None:
        until(lambda: self.data("saved") == "yes", "the edits to be saved")

    def to_canvas(self, canvas: str, x: float, y: float, to: tuple[float, float]) -> None:
        """Drag over a canvas, in its own pixels."""
        from selenium.webdriver import ActionChains

        element = self.driver.find_element("id", canvas)
        left, top = element.size["width"] / 2, element.size["height"] / 2
        mouse = ActionChains(self.driver, duration=20)
        mouse.move_to_element_with_offset(element, round(x - left), round(y - top))
        mouse.click_and_hold().move_by_offset(6, 6)
        mouse.move_to_element_with_offset(element, round(to[0] - left), round(to[1] - top))
        mouse.release().perform()

    def draw_window(self, x: int, y: int, size: int) -> None:
        """Drag a square, given in pixels of the 320x240 picture."""
        place = self.driver.execute_script(
            "const c = document.getElementById('picture');"
            "const s = Math.min(c.clientWidth / 320, c.clientHeight / 240);"
            "return [s, (c.clientWidth - 320 * s) / 2, (c.clientHeight - 240 * s) / 2]"
        )
        scale, left, top = place
        self.to_canvas(
            "picture",
            left + x * scale,
            top + y * scale,
            (left + (x + size) * scale, top + (y + size) * scale),
        )
        self.wait_saved()

    def drag_marks(self, row: int, start: float, end: float, duration: float) -> None:
        """Drag over a timeline between two moments."""
        width = self.driver.execute_script(
            "return document.getElementById('timeline').clientWidth - 104 - 8"
        )
        xs = [104 + seconds / duration * width for seconds in (start, end)]
        height = 24 + 30 * row + 15
        self.to_canvas("timeline", xs[0], height, (xs[1], height))
        self.wait_saved()

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.driver, duration=20).send_keys(*keys).perform()

    def hold(self, key: str, seconds: float) -> None:
        from selenium.webdriver import ActionChains

        mouse = ActionChains(self.driver, duration=20)
        mouse.key_down(key).pause(seconds).key_up(key).perform()

    def shot(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))


def written(folder: Path, name: str) -> list[dict[str, Any]]:
    text = (folder / "marks" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_draw_mark_reload_kill_and_go_on(tmp_path: Path):
    draw_room(tmp_path / "room.mp4")
    with chromium(tmp_path / "profile") as driver:
        server = Server(tmp_path)
        servers = [server]
        try:
            page = Page(driver, server.address)
            page.draw_window(30, 40, 70)
            page.draw_window(200, 90, 60)
            (first, second) = written(tmp_path, "windows.jsonl")
            assert (first["person"], second["person"]) == ("p1", "p2")
            assert (
                max(abs(a - b) for a, b in zip(first["window"], (30, 40, 70, 70), strict=True)) <= 2
            )
            assert (
                max(abs(a - b) for a, b in zip(second["window"], (200, 90, 60, 60), strict=True))
                <= 2
            )

            page.drag_marks(0, 1.0, 2.0, 4.0)
            (mark,) = written(tmp_path, "annotations.jsonl")
            assert (mark["person"], mark["label"]) == ("p1", "writing")
            assert abs(mark["start_seconds"] - 1) < 0.05 and abs(mark["end_seconds"] - 2) < 0.05

            page.press("\ue013")  # up: nobody above p1; home: back to the begin
            page.press("\ue015", "\ue011")  # down: p2
            until(lambda: float(page.data("seconds") or 1) == 0, "the first frame")
            page.press(" ")
            until(lambda: float(page.data("seconds") or 0) > 0.2, "playing")
            page.hold("w", 0.6)
            page.press(" ")
            page.wait_saved()
            marks = written(tmp_path, "annotations.jsonl")
            (held,) = [m for m in marks if m["person"] == "p2"]
            assert held["label"] == "writing"
            assert 0.3 < held["end_seconds"] - held["start_seconds"] < 1.6
            for moment in (held["start_seconds"], held["end_seconds"]):
                assert abs(moment * 25 - round(moment * 25)) < 1e-3, "marks lie on frames"

            driver.refresh()
            page.wait_ready()
            assert (
                driver.execute_script("return document.querySelectorAll('#people li').length") == 2
            )
            before = [written(tmp_path, n) for n in ("windows.jsonl", "annotations.jsonl")]
            server.kill()
            server = Server(tmp_path)
            servers.append(server)
            assert [written(tmp_path, n) for n in ("windows.jsonl", "annotations.jsonl")] == before
            page = Page(driver, server.address)
            page.press("2")  # no label has this key: nothing happens
            page.drag_marks(1, 2.5, 3.5, 4.0)
            assert len(written(tmp_path, "annotations.jsonl")) == 3
            for _ in range(2):  # also what was done before the kill
                driver.find_element("id", "undo").click()
                page.wait_saved()
            assert [m["person"] for m in written(tmp_path, "annotations.jsonl")] == ["p1"]
            page.press("\ue011", "m", " ")  # home; mark what is watched; play
            until(lambda: float(page.data("seconds") or 0) > 0.4, "playing")
            page.press(" ")
            page.wait_saved()
            marks = written(tmp_path, "annotations.jsonl")
            (watched,) = [m for m in marks if m["label"] == "not writing"]
            assert watched.get("start_seconds", 0.0) == 0.0 and watched["end_seconds"] >= 0.36
            faults = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            assert not [e for e in faults if "ERR_CONNECTION" not in e], "but for the kill"
        finally:
            for each in servers:
                each.kill()
