"""The reviewing page in headless Chromium: judge by key, go back, kill the server, go on."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from kineograph.data.reviews import read_reviews
from kineograph.live.evidence.alerts import read_alerts
from kineograph.live.journal.verify import verify
from tests.live.alerts_kept import keep_alerts
from tests.studio.browser import Verb, chromium
from tests.studio.test_browser import until

pytestmark = [pytest.mark.browser, pytest.mark.live]


def serve(folder: Path) -> Verb:
    """`kineograph review`."""
    return Verb("review", folder, "--no-browser")


class Page:
    """What a person does with keys."""

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

    def press(self, key: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.driver, duration=20).send_keys(key).perform()

    def show(self, which: str) -> None:
        self.driver.execute_script(
            "const list = document.getElementById('show'); list.value = arguments[0];"
            "list.dispatchEvent(new Event('change'))",
            which,
        )


def test_alerts_are_judged_by_key_and_nothing_is_lost_when_the_server_is_killed(tmp_path):
    evidence = keep_alerts(tmp_path / "evidence")
    older, newer = [alert.id for alert in read_alerts(evidence)]

    def said() -> dict[str, tuple[str, str | None]]:
        return {e: (each.verdict, each.label) for e, each in read_reviews(evidence).items()}

    with chromium(tmp_path / "profile") as driver:
        server = serve(evidence)
        try:
            page = Page(driver, server.address)
            assert page.data("chosen") == newer, "the newest first"
            until(lambda: float(page.data("seconds") or 0) > 0.2, "the clip to play")
            page.press("r")
            until(lambda: said() == {newer: ("right", None)}, "the mark on the disk")
            until(lambda: page.data("chosen") == older, "the next alert")
            page.press("w")
            until(lambda: said().get(older) == ("wrong", None), "the second mark")
            until(lambda: "2 of 2 reviewed" in page.text("#progress"), "the count")
            until(lambda: "50 %" in page.text("#precision .all"), "precision of all")
            server.end(signal.SIGKILL)
            server = serve(evidence)
            assert said() == {newer: ("right", None), older: ("wrong", None)}

            page = Page(driver, server.address)
            assert page.data("chosen") == newer, "all is reviewed, so all are shown"
            page.press("j")
            until(lambda: page.data("chosen") == older, "the next one")
            page.press("l")
            until(lambda: "dark" in page.text("#choices"), "the labels")
            page.press("1")
            until(lambda: said().get(older) == ("wrong", "dark"), "the true label")
            page.press("k")
            page.press("\ue003")  # Backspace
            until(lambda: newer not in said(), "the mark taken back")
            page.show("open")
            until(lambda: page.data("chosen") == newer, "what is left to review")
            page.press("u")
            until(lambda: said().get(newer) == ("unsure", None), "the last mark")
            time.sleep(0.2)
            faults = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
            assert not [e for e in faults if "ERR_CONNECTION" not in e], "but for the kill"
            assert "marks were signed" in server.end(signal.SIGINT)
        finally:
            if server.process.poll() is None:
                server.end(signal.SIGKILL)
    found = verify(evidence)
    assert found.is_whole and not found.notes
