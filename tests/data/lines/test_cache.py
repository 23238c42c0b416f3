import json
import math
import os

import numpy as np
import pytest

from kineograph.data.lines.cache import build_line_cache
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import cut_line, scale_line
from kineograph.data.pictures import store
from kineograph.data.pictures.files import PictureFiles
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save, save_line


@pytest.fixture
def lines(tmp_path):
    texts = ["Habe", "nun, ach", "Philosophie", "Juristerei"]
    for number, text in enumerate(texts):
        save_line(tmp_path, str(number), text, height=60 + number)
    return [Line(f"{number}.png", text) for number, text in enumerate(texts)]


def build(tmp_path, lines, **options):
    return build_line_cache(tmp_path / "cache", tmp_path, lines, **options)


def check(tmp_path, cache, lines):
    for line in lines:
        truth = scale_line(cut_line(PictureFiles(tmp_path).grey(line.picture), line), 48)
        np.testing.assert_array_equal(cache[line], truth)
        assert cache.width_pixels(line) == truth.shape[1]


def test_pictures_are_those_of_the_files_and_are_read_once(tmp_path, lines, monkeypatch):
    cache, faults = build(tmp_path, lines)
    assert not faults and len(cache) == 4
    check(tmp_path, cache, lines)

    def never(self, path):
        raise AssertionError(f"{path} is read again")

    monkeypatch.setattr(PictureFiles, "grey", never)
    again, faults = build(tmp_path, lines)
    assert not faults and len(again) == 4
    assert len(list(cache.path.glob("*.bin"))) == 1


def test_a_killed_build_loses_nothing_that_was_whole(tmp_path, lines, monkeypatch):
    monkeypatch.setattr(store, "PICTURES_BETWEEN_FLUSHES", 1)
    real = PictureFiles.grey

    def dies(self, path):
        if path == "2.png":
            raise KeyboardInterrupt
        return real(self, path)

    monkeypatch.setattr(PictureFiles, "grey", dies)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, lines)
    monkeypatch.setattr(PictureFiles, "grey", real)
    read = []
    monkeypatch.setattr(
        PictureFiles, "grey", lambda self, path: read.append(path) or real(self, path)
    )
    cache, faults = build(tmp_path, lines)
    assert read == ["2.png", "3.png"] and not faults
    check(tmp_path, cache, lines)


@pytest.mark.parametrize("torn", ["index", "pictures", "nonsense", "no pictures"])
def test_what_is_torn_is_made_again(tmp_path, lines, torn):
    cache, _ = build(tmp_path, lines)
    (part,) = cache.path.glob("*.bin")
    index = part.with_suffix(".jsonl")
    if torn == "index":
        index.write_bytes(index.read_bytes()[:-7])
    elif torn == "pictures":
        os.truncate(part, part.stat().st_size - 1)
    elif torn == "nonsense":
        index.write_text('[1]\n"x"\n\ufffd\n' + index.read_text())
    else:
        part.unlink()
    cache, faults = build(tmp_path, lines)
    assert not faults and len(cache) == 4
    check(tmp_path, cache, lines)


def test_a_changed_source_is_read_again_and_one_that_is_gone_is_told(tmp_path, lines):
    build(tmp_path, lines)
    save(tmp_path / "0.png", line_picture("anders", height=70))
    (tmp_path / "1.png").unlink()
    cache, faults = build(tmp_path, lines)
    assert list(faults.values()) == [f"1.png: not found in {tmp_path}. Put it back."]
    assert lines[1] not in cache
    check(tmp_path, cache, [lines[0], *lines[2:]])
    with pytest.raises(InputError, match="Build the cache again"):
        cache[lines[1]]


def test_two_builds_at_once_leave_one_cache(tmp_path, lines):
    build(tmp_path, lines[:3])
    (index,) = (tmp_path / "cache" / "lines-48").glob("*.jsonl")
    held = index.read_text()
    index.write_text("")  # as the other build saw it: nothing there yet
    build(tmp_path, lines[1:])
    index.write_text(held)
    cache, faults = build(tmp_path, lines)
    assert not faults
    check(tmp_path, cache, lines)


def test_heights_have_caches_of_their_own_and_progress_counts_lines(tmp_path, lines):
    told = []
    cache, _ = build(tmp_path, lines, height_pixels=32, progress=lambda *now: told.append(now))
    assert told[0] == (0, 4) and told[-1] == (4, 4)
    assert {cache[line].shape[0] for line in lines} == {32}
    with pytest.raises(InputError, match="height 7 pixels"):
        build(tmp_path, lines, height_pixels=7)


def test_a_place_that_cannot_be_written_is_told(tmp_path, lines):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        build(tmp_path, lines)


def test_the_index_is_plain_json(tmp_path, lines):
    cache, _ = build(tmp_path, lines)
    (index,) = cache.path.glob("*.jsonl")
    rows = [json.loads(row) for row in index.read_text().splitlines()]
    assert [row[0] for row in rows] == [line.id for line in lines]
    assert rows[1][1] == math.prod(rows[0][2])
