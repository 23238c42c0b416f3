"""A kind of samples that the project does not have, to see that one `Kind` is all it takes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import CLIPS, DataFolder, write_data_folder
from kineograph.data.lines.folder import LINES, LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.data.prepared_folder import (
    Kind,
    PreparedFolder,
    kind_in,
    refuse_other_kind,
    write_folder,
)
from kineograph.data.records import parse_rows, read_rows, write_records
from kineograph.errors import InputError


def read_captions(path: Path) -> list[str]:
    return parse_rows(
        path.name,
        read_rows(path),
        lambda values: str(values["caption"]),
        example='{"caption": "…"}',
        same=lambda caption: caption,
        twice=lambda _, line: f"as line {line}",
    )


def write_captions(path: Path, captions: Sequence[str]) -> None:
    write_records(path, ({"caption": caption} for caption in captions))


CAPTIONS = Kind(
    "captions",
    "captions.jsonl",
    read_captions,
    write_captions,
    lacks="it holds no captions",
    run="kineograph prepare captions SRC OUT",
)


def made(tmp_path, kind):
    """A folder of each kind, written as its preparation writes it."""
    path = tmp_path / kind
    if kind == "clips":
        write_data_folder(path, [Annotation("a.mp4", "run")], name="x", source_root=tmp_path)
    elif kind == "lines":
        lines = [Line("a.png", "Habe")]
        write_lines_folder(path, lines, name="x", source_root=tmp_path, kind="lines")
    else:
        write_folder(path, CAPTIONS, ["A cat"], name="x", source_root=tmp_path, way="captions")
    return path


def test_a_new_kind_is_written_read_and_moved(tmp_path):
    path = tmp_path / "data"
    write_folder(
        path,
        CAPTIONS,
        ["A cat", "Ein Hund"],
        name="Pets",
        source_root=path / "videos",
        way="captions",
        notes="few",
        more={"languages": 2},
    )
    path.rename(tmp_path / "moved")
    folder = PreparedFolder(tmp_path / "moved", CAPTIONS)
    assert folder.records == ["A cat", "Ein Hund"]
    assert (folder.name, folder.notes) == ("Pets", "few")
    assert folder.source_root == tmp_path / "moved" / "videos"
    assert folder.cache == tmp_path / "moved" / "cache"
    about = json.loads((tmp_path / "moved" / "dataset.json").read_text(encoding="utf-8"))
    assert list(about) == ["name", "source_root", "kind", "languages", "prepared", "notes"]
    assert about["prepared"]["kind"] == "captions" == about["kind"] == kind_in(folder.path)


KINDS = {"clips": CLIPS, "lines": LINES, "captions": CAPTIONS}
WORDS = {"clips": "clips", "lines": "lines of text", "captions": "captions"}


@pytest.mark.parametrize("asked", KINDS)
@pytest.mark.parametrize("held", KINDS)
def test_a_folder_of_another_kind_is_neither_read_nor_written_over(tmp_path, held, asked):
    path = made(tmp_path, held)
    if held == asked:
        assert len(PreparedFolder(path, KINDS[asked]).records) == 1
        refuse_other_kind(path, KINDS[asked])
        return
    with pytest.raises(InputError) as told:
        PreparedFolder(path, KINDS[asked])
    assert str(told.value) == (
        f"{path}: it holds {WORDS[held]}, and {WORDS[asked]} are asked for. Name a folder of "
        f"{WORDS[asked]}, or a recipe that reads {WORDS[held]}."
    )
    with pytest.raises(InputError) as told:
        refuse_other_kind(path, KINDS[asked])
    assert str(told.value) == (
        f"{path}: it holds {WORDS[held]}, and these are {WORDS[asked]}. Choose another folder."
    )


@pytest.mark.parametrize(
    ("kind", "run"),
    [
        (CLIPS, "so it is not a prepared data set. Run: kineograph prepare KIND SRC OUT; KIND is"),
        (LINES, "so it does not hold prepared lines. Run: kineograph prepare lines SRC OUT, or"),
        (CAPTIONS, "so it holds no captions. Run: kineograph prepare captions SRC OUT."),
    ],
)
def test_what_is_missing_is_named_with_the_command_to_run(tmp_path, kind, run):
    with pytest.raises(InputError) as told:
        PreparedFolder(tmp_path, kind)
    assert str(told.value).startswith(f"{tmp_path}: there is no dataset.json in it, {run}")
    path = made(tmp_path, kind.name)
    (path / kind.file).unlink()
    with pytest.raises(InputError) as told:
        PreparedFolder(path, kind)
    assert str(told.value).startswith(f"{path}: there is no {kind.file} in it, {run}")


def test_a_broken_dataset_json_may_be_written_again(tmp_path):
    path = made(tmp_path, "captions")
    (path / "dataset.json").write_text("{")
    refuse_other_kind(path, CLIPS)
    with pytest.raises(InputError, match=r"dataset\.json is not JSON .* Prepare the data"):
        PreparedFolder(path, CAPTIONS)


def test_the_folders_of_clips_and_lines_hold_one(tmp_path):
    clips, lines = DataFolder(made(tmp_path, "clips")), LinesFolder(made(tmp_path, "lines"))
    assert clips.annotations is clips.prepared.records
    assert lines.lines is lines.prepared.records
    assert clips == DataFolder(clips.path) and clips != DataFolder(made(tmp_path / "b", "clips"))
