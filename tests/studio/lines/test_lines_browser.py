"""The page for lines in headless Chromium: correct by key, kill the server, two windows at once."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from kineograph.data.lines.folder import LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.pages.page_xml import page_xml
from kineograph.pages.text import Block, PageText, TextLine, bounds, rectangle
from tests.studio.browser import Verb, chromium
from tests.studio.lines.drawn_lines import PAGE_PIXELS, TEXTS, draw_page
from tests.studio.test_browser import until

pytestmark = [pytest.mark.browser, pytest.mark.live]

ENTER, ESCAPE, UP, DOWN, END, ALT = "\ue007", "\ue00c", "\ue013", "\ue015", "\ue010", "\ue00a"


def serve(folder: Path, source: str = "faust.png") -> Verb:
    """`kineograph annotate --lines`."""
    where = (folder / source, "--out", folder / "out", "--json")
    return Verb("annotate", "--lines", "--no-browser", *where)


class Page:
    """What a person does with keys."""

    def __init__(self, driver: Any, address: str):
        self.driver = driver
        driver.get("about:blank")
        driver.get(address)
        until(lambda: self.data("ready") == "yes" and self.data("line"), "the first line")

    def data(self, name: str) -> str | None:
        return self.driver.execute_script("return document.body.dataset[arguments[0]]", name)

    @property
    def text(self) -> str:
        return str(self.driver.execute_script("return document.getElementById('text').value"))

    def shows(self, selector: str) -> str:
        script = "return document.querySelector(arguments[0]).textContent"
        return str(self.driver.execute_script(script, selector))

    def press(self, *keys: str, alt: bool = False) -> None:
        """Once the page listens: between two lines, keys mean nothing."""
        from selenium.webdriver import ActionChains

        until(lambda: not self.data("busy"), "the line to stand there")
        chain = ActionChains(self.driver, duration=20)
        if alt:
            chain.key_down(ALT)
        chain.send_keys(*keys)
        if alt:
            chain.key_up(ALT)
        chain.perform()


def told_page(folder: Path) -> None:
    """A page with the lines and texts of a reader that took ſ for f, in PAGE beside it."""
    draw_page(folder / "faust.png")
    wrong = ("Habe nun, ach! Philofophie, Juristerei", *TEXTS[1:])
    lines = tuple(
        TextLine(rectangle(bounds([(55.0, 65.0 + 50 * k), (700.0, 100.0 + 50 * k)])), text=text)
        for k, text in enumerate(wrong)
    )
    page = PageText(*PAGE_PIXELS, (Block(lines),), "faust.png")
    (folder / "faust.xml").write_text(page_xml(page), encoding="utf-8")


def accepted(folder: Path) -> list[str]:
    if not (folder / "out" / "dataset.json").exists():
        return []
    return [line.text for line in LinesFolder(folder / "out").lines]


def test_lines_are_corrected_by_key_and_nothing_is_lost_when_the_server_is_killed(tmp_path):
    told_page(tmp_path)
    server = serve(tmp_path)
    with chromium(tmp_path / "profile") as driver:
        try:
            page = Page(driver, server.address)
            assert page.text.startswith("Habe nun, ach! Philof")
            driver.execute_script(
                "const t = document.getElementById('text'); t.setSelectionRange(21, 21);"
            )
            page.press(UP, alt=True)  # f becomes ſ
            assert page.text == "Habe nun, ach! Philoſophie, Juristerei"
            page.press(ENTER)
            until(lambda: accepted(tmp_path) == ["Habe nun, ach! Philoſophie, Juristerei"], "ſ")
            until(lambda: page.text == TEXTS[1], "the next line")
            page.press(END, "!")
            page.press("1", alt=True)  # the first of the palette
            assert page.text == TEXTS[1] + "!ſ"
            page.press(ENTER)
            until(lambda: accepted(tmp_path)[1:] == [TEXTS[1] + "!ſ"], "the second line")
            until(lambda: page.text == TEXTS[2], "the third line")
            page.press(END, " halb ꝛ")
            journal = tmp_path / "out" / "corrections.journal.jsonl"
            until(lambda: "halb ꝛ" in journal.read_text(encoding="utf-8"), "the draft")
            server.end(signal.SIGKILL)

            server = serve(tmp_path)
            page = Page(driver, server.address)
            assert page.text == TEXTS[2] + " halb ꝛ", "as it was typed"
            page.press(ESCAPE)
            until(lambda: "put off" in page.shows("#status"), "it comes again, the last one")
            page.press("x", alt=True)
            until(lambda: "not a line" in page.shows("#status"), "no line")
            page.press("z", alt=True)
            until(lambda: "put off" in page.shows("#status"), "taken back")
            page.press(UP)
            until(lambda: page.text == TEXTS[1] + "!ſ", "the line before")
            page.press(DOWN)
            until(lambda: page.text.startswith(TEXTS[2]), "the line after")
            page.press(END, "\ue003" * 7, ENTER)
            until(lambda: accepted(tmp_path)[2:] == [TEXTS[2]], "all three")
            assert "3 of 3 lines" in page.shows("#progress")
            faults = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            assert not [e for e in faults if "net::ERR_" not in e], "but for the kill"
            said = json.loads(server.end(signal.SIGINT).splitlines()[-1])
            assert (said["accepted"], said["left"], said["problems"]) == (3, 0, [])
        finally:
            if server.process.poll() is None:
                server.end(signal.SIGKILL)


def test_two_windows_do_not_destroy_each_others_work_on_a_prepared_folder(tmp_path):
    draw_page(tmp_path / "faust.png")
    lines = [
        Line("faust.png", text, ((55, 65 + 50 * k), (700, 65 + 50 * k), (700, 100 + 50 * k)))
        for k, text in enumerate(TEXTS)
    ]
    write_lines_folder(tmp_path / "data", lines, name="d", source_root=tmp_path, kind="lines")
    server = serve(tmp_path, "data")
    with chromium(tmp_path / "profile") as driver:
        try:
            first = Page(driver, server.address)
            one = driver.current_window_handle
            driver.switch_to.new_window("window")
            second = Page(driver, server.address)
            two = driver.current_window_handle
            assert first.text == second.text
            second.press(END, " two ꝛ")
            assert "ꝛ U+A75B" in second.shows("#notes .new"), "not of this alphabet"
            second.press(ENTER)
            until(lambda: len(accepted(tmp_path)) == 1, "the second window's line")
            saved = accepted(tmp_path)
            driver.switch_to.window(one)
            first.press(END, " one", ENTER)
            until(lambda: "another window" in first.shows("#toast").lower(), "the warning")
            time.sleep(0.3)
            assert accepted(tmp_path) == saved and first.text.endswith(" one"), "both are there"
            assert "two" in first.shows("#notes .other")
            first.press(ENTER)  # knowing it
            until(lambda: accepted(tmp_path)[0].endswith(" one"), "the first window's")
            driver.switch_to.window(two)
            until(
                lambda: "Habe" in second.shows("#texts") and " one" in second.shows("#texts"), "it"
            )
        finally:
            server.end(signal.SIGKILL)
