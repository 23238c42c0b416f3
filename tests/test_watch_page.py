"""The page "A camera that calls for help": every field is explained, and stands there as it is."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.writer import EvidenceOptions
from kineograph.live.plan import (
    OF_CAMERA,
    PARTS,
    AnswerOptions,
    CameraOptions,
    PageOptions,
    Window,
    read_plan,
)
from kineograph.live.sending.notify import SINKS

PAGE = (Path(__file__).parents[1] / "docs" / "watch.md").read_text(encoding="utf-8")
TABLES = {
    "[[cameras]]": (CameraOptions, OF_CAMERA),
    "windows": (Window, ()),
    "[[rules]]": (Rule, ()),
    "[evidence]": (EvidenceOptions, ()),
    "[page]": (PageOptions, ()),
    "[answers]": (AnswerOptions, ()),
    **{f"[[sinks]] {kind}": (options, ()) for kind, (options, *_) in SINKS.items()},
}


def section(heading: str) -> str:
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/watch.md has no section '{heading}'"
    return found[1]


@pytest.mark.parametrize("heading", TABLES)
def test_each_field_has_a_row_with_its_true_default(heading):
    made, beside = TABLES[heading]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section(heading), re.MULTILINE))
    assert set(rows) == {each.name for each in fields(made)} | set(beside)
    for each in fields(made):
        said, default = rows[each.name], each.default
        if default is MISSING:
            assert said == "needed", each.name
        elif said.startswith("`"):
            value = tomllib.loads(f"x = {said.strip('`')}")["x"]
            assert value == (str(default) if isinstance(default, Path) else default), each.name
        else:  # in words: what stands in the code is then nothing
            assert default in (None, "", 0, ()), each.name


def test_each_part_of_the_file_has_a_section():
    heads = re.findall(r"^### \[*(\w+)", PAGE, re.MULTILINE)
    assert set(PARTS) <= set(heads)


def test_the_file_on_the_page_can_be_read(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "watch.toml"
    path.write_text(text, encoding="utf-8")
    plan = read_plan(path, {"HALL_PASSWORD": "x"})
    assert [camera.name for camera in plan.cameras] == ["hall", "yard"]
    assert {type(each) for each in plan.sinks} == {SINKS["mqtt"][0], SINKS["folder"][0]}


def test_what_it_misses_and_how_often_it_calls_falsely_stands_there_in_figures():
    assert "results.md#fights-in-long-files" in PAGE and "**50 times an hour**" in PAGE
