"""kineograph annotate: what is refused before a page opens, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from kineograph.commands.annotate import _labels
from kineograph.errors import InputError
from kineograph.studio.listen import listen
from tests.studio.drawn_room import draw_room


def test_the_first_label_gets_its_negative():
    assert _labels("writing, drinking") == ["writing", "drinking", "not writing"]
    assert _labels("a,not a") == ["a", "not a"]
    for text in ("", ",", "a,a", ",".join("abcdefghijk")):
        with pytest.raises(InputError, match="one to ten different names"):
            _labels(text)


@pytest.mark.live
def test_a_port_in_use_is_said():
    first = listen(0)
    with pytest.raises(InputError, match="cannot be used .* Choose another"):
        listen(first.getsockname()[1])
    assert first.getsockname()[0] == "127.0.0.1"
    first.close()


@pytest.mark.live
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_it_in_order_and_says_what_was_marked(tmp_path: Path):
    room = draw_room(tmp_path / "room.mp4", seconds=0.4)
    command = [sys.executable, "-m", "kineograph", "annotate", str(room), "--no-browser", "--json"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "m")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
    home, token = address.split("/#")
    asked = urllib.request.Request(f"{home}/api/state", headers={"X-Kineograph-Token": token})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert json.load(answer)["videos"][0]["name"] == "room.mp4"
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=20)[0]
    assert process.returncode == 0
    said = json.loads(rest.splitlines()[-1])
    assert (said["windows"], said["marks"], said["seconds"]) == (0, 0, {})
