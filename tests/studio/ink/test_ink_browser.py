"""The page for handwriting in headless Chromium: write, undo, kill the server, ask the network."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from kineograph.data.ink.strokes import ink_length
from kineograph.predict.prime import read_prime
from tests.studio.browser import Verb, chromium
from tests.studio.test_browser import until

pytestmark = [pytest.mark.browser, pytest.mark.live]

ENTER = "\ue007"


def serve(folder: Path, run: Path) -> Verb:
    """`kineograph ink RUN`."""
    own = ("--out", folder / "ink", "--writer", "Ann", "--device", "cpu")
    return Verb("ink", run, "--no-browser", "--json", *own)


class Page:
    """What a person does with a mouse."""

    def __init__(self, driver: Any, address: str):
        self.driver = driver
        driver.get("about:blank")
        driver.get(address)
        until(lambda: self.data("ready") == "yes", "the page")

    def data(self, name: str) -> str | None:
        return self.driver.execute_script("return document.body.dataset[arguments[0]]", name)

    def text(self, selector: str) -> str:
        script = "return document.querySelector(arguments[0]).textContent"
        return str(self.driver.execute_script(script, selector))

    def click(self, selector: str) -> None:
        self.driver.execute_script("document.querySelector(arguments[0]).click()", selector)

    def write(self, *ways: list[tuple[int, int]]) -> None:
        """Strokes by mouse, in pixels from the middle of the sheet."""
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.by import By

        sheet = self.driver.find_element(By.ID, "sheet")
        for way in ways:
            chain = ActionChains(self.driver, duration=5).move_to_element_with_offset(
                sheet, *way[0]
            )
            chain.click_and_hold()
            for point in way[1:]:
                chain.move_to_element_with_offset(sheet, *point)
            chain.release().perform()

    def settle(self, strokes: int) -> None:
        until(lambda: self.data("strokes") == str(strokes), f"{strokes} strokes to be saved")
        until(lambda: self.data("saved") == "yes", "what was written to be saved")


def zigzag(left: int, right: int) -> list[tuple[int, int]]:
    return [(x, 15 if n % 2 else -15) for n, x in enumerate(range(left, right, 12))]


def test_lines_are_written_undone_kept_over_a_kill_and_gone_on_from(tmp_path, run):
    server = serve(tmp_path, run)
    with chromium(tmp_path / "profile") as driver:
        try:
            page = Page(driver, server.address)
            first = page.text("#given")
            page.write(zigzag(-300, -60), zigzag(0, 200), [(220, 0), (220, 0)])
            page.settle(3)
            page.click("#undo")
            page.settle(2)
            server.end(signal.SIGKILL)

            server = serve(tmp_path, run)
            page = Page(driver, server.address)
            page.settle(2)
            assert page.text("#given") == first, "the line that was being written"
            page.click("#anew")
            page.settle(0)
            page.click("#undo")
            page.settle(2)
            page.click("#done")
            until(lambda: page.data("done") == "1" and page.text("#given") != first, "the next one")
            page.click("#skip")
            until(lambda: page.data("line") == "2", "the one after")
            own = read_prime(tmp_path / "ink" / "strokes.jsonl")
            assert own.text == first and len(own.strokes) == 2
            assert all(len(stroke) > 10 for stroke in own.strokes), "all that the mouse told"
            assert ink_length(own.strokes) > 400

            driver.execute_script("document.getElementById('text').value = 'Ю'")
            page.click("#write")
            until(lambda: "it cannot write Ю" in page.text("#said"), "words for it")
            driver.execute_script("document.getElementById('text').value = 'a jug'")
            page.click("#write")
            until(lambda: page.data("drawing") == "1", "the drawing")
            drawn = "return document.getElementById('drawn').naturalWidth"
            until(lambda: driver.execute_script(drawn) > 20, "the drawing to be seen")
            driver.execute_script(
                "const b = document.getElementById('bias'); b.value = 2;"
                "b.dispatchEvent(new Event('input'))"
            )
            until(lambda: page.data("drawing") == "2", "another one, neater")
            faults = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            faults = [e for e in faults if "net::ERR_" not in e and "400 (Bad Request)" not in e]
            assert not faults, "but for the kill, and what was refused"
            said = json.loads(server.end(signal.SIGINT).splitlines()[-1])
            assert (said["done"], said["strokes"], said["writer"]) == (1, 2, "Ann")
            assert said["file"] == str(tmp_path / "ink" / "strokes.jsonl")
        finally:
            if server.process.poll() is None:
                server.end(signal.SIGKILL)
