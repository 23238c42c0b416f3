"""Pieces of training video: original packets, true times, whole files, and never too many bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event as Flag

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.live.plan import CameraPlan, Window
from kineograph.live.recording import shelf as shelf_module
from kineograph.live.recording.cutter import Cutter, Piece
from kineograph.live.recording.options import RecordOptions, parse_bytes, parse_seconds
from kineograph.live.recording.record import Recorder
from kineograph.live.recording.shelf import FullError, Shelf
from kineograph.media import inspect, read_frames
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import parse_source
from kineograph.media.frame import Box
from tests.live.drawn_camera import code, draw_corridor, parts, read_back, sent
from tests.media.camera_servers import RtspServer, require_rtsp

NOW = datetime(2026, 2, 14, 18, 30, 12, 345000, tzinfo=UTC)
ALL = {"every_seconds": None, "least_free_bytes": 0}


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Six seconds at ten a second; a key frame every second."""
    return code(tmp_path_factory.mktemp("film") / "film.mp4", draw_corridor(60), bf="0")


def cut_up(path: Path, **options) -> list[Piece]:
    pieces: list[Piece] = []
    cutter = Cutter("hall", RecordOptions(**options), pieces.append, live=False, now=lambda: NOW)
    cut = sent(path)
    for packet in cut.packets:
        cutter.add(packet, cut.head)
    cutter.finish()
    return pieces


def entries(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "recorded.jsonl").read_text().splitlines()]


def cameras(*films: Path, **more) -> list[CameraPlan]:
    return [
        CameraPlan(parse_source(str(each), each.stem), CameraOptions(), **more) for each in films
    ]


# ------------------------------------------------------------------------------------ where to cut


@pytest.mark.parametrize("clip_seconds", [0.5, 1.0, 1.5, 2.0, 60.0])
def test_all_pieces_together_are_the_film_and_each_begins_with_a_key_frame(film, clip_seconds):
    pieces = cut_up(film, clip_seconds=clip_seconds, **ALL)
    assert tuple(p for piece in pieces for p in piece.cut.packets) == sent(film).packets
    assert all(piece.cut.packets[0].is_key for piece in pieces)
    ends = [piece.start_time + timedelta(seconds=piece.seconds) for piece in pieces]
    for end, piece in zip(ends[:-1], pieces[1:], strict=True):
        assert abs((end - piece.start_time).total_seconds()) < 1e-6, "no time between two"
    assert all(piece.seconds >= clip_seconds for piece in pieces[:-1])
    assert all(piece.seconds < clip_seconds + 1.0 + 1e-6 for piece in pieces), "a group longer"


def test_one_piece_now_and_then_has_its_length_and_its_time(film):
    pieces = cut_up(film, clip_seconds=0.7, every_seconds=2.0)
    assert [(p.start_time - NOW).total_seconds() for p in pieces] == [0.0, 2.0, 4.0]
    assert [p.seconds for p in pieces] == [pytest.approx(0.7)] * 3


def test_time_that_is_over_is_not_recorded(film):
    pieces = cut_up(film, clip_seconds=1.0, for_seconds=2.5, **ALL)
    assert sum(p.seconds for p in pieces) == pytest.approx(2.5)


def test_a_gap_and_another_stream_end_a_piece(film):
    pieces: list[Piece] = []
    cutter = Cutter("hall", RecordOptions(**ALL), pieces.append, live=True, now=lambda: NOW)
    for cut in (sent(film), sent(film, 20.0, stretch=1)):
        for packet in cut.packets:
            cutter.add(packet, cut.head)
    cutter.finish()
    assert [p.cut.packets[0].stretch for p in pieces] == [0, 1]
    assert [p.start_time for p in pieces] == [NOW, NOW], "of a live camera: when it came"


def test_pictures_that_need_the_piece_before_are_left_to_it(tmp_path):
    """Open groups: pictures come after a key frame and are shown before it."""
    path = code(tmp_path / "open.mp4", draw_corridor(40), x264opts="open-gop=1:bframes=3:keyint=10")
    cut = sent(path)
    late = [b for a, b in zip(cut.packets, cut.packets[1:], strict=False) if b.seconds < a.seconds]
    assert late, "the film has such pictures"
    for piece in cut_up(path, clip_seconds=1.0, **ALL):
        first = piece.cut.packets[0]
        assert first.is_key and min(p.seconds for p in piece.cut.packets) == first.seconds


def test_a_piece_ends_before_it_is_too_large_for_memory(film, monkeypatch):
    from kineograph.live.recording import cutter

    monkeypatch.setattr(cutter, "MOST_PIECE_BYTES", 4000)
    pieces = cut_up(film, clip_seconds=60.0, **ALL)
    assert len(pieces) == 2 and all(piece.size_bytes <= 4000 for piece in pieces)
    assert all(piece.cut.packets[0].is_key for piece in pieces)


# ------------------------------------------------------------------------------------ the folder


def test_a_file_holds_the_camera_s_own_bytes_and_a_line_says_what_it_is(film, tmp_path):
    shelf = Shelf(RecordOptions(folder=tmp_path / "r", **ALL), {}, {})
    (piece,) = cut_up(film, clip_seconds=60.0, **ALL)
    shelf.add(piece)
    shelf.close()
    (entry,) = entries(tmp_path / "r")
    path = tmp_path / "r" / entry["file"]
    assert entry["file"] == "hall/2026-02-14/183012.345.mkv"
    assert entry["start_time"] == "2026-02-14T18:30:12.345+00:00" and not entry["reencoded"]
    assert entry["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert entry["seconds"] == pytest.approx(6.0) and entry["codec"] == "h264"
    assert [parts(p) for p in read_back(path)] == [parts(p.data) for p in piece.cut.packets]


def test_masked_parts_are_never_stored(film, tmp_path):
    masks = (Box(0, 0, 128, 60),)
    made = cameras(film, masks=masks)
    state = Recorder(made, RecordOptions(folder=tmp_path / "r", clip_seconds=2.0, **ALL)).run(
        Flag()
    )
    assert state.pieces == 3
    for entry in entries(tmp_path / "r"):
        assert entry["reencoded"] and entry["file"].endswith(".mp4")
        for frame in read_frames(tmp_path / "r" / entry["file"]):
            assert frame.pixels[:56].max() < 24 and frame.pixels[70:].max() > 60


def test_labels_and_windows_become_rows_that_prepare_csv_reads(film, tmp_path, run_prepare):
    windows = (Window("left", (0, 0, 64, 96)), Window("right", (64, 0, 64, 96)))
    folder = tmp_path / "r"
    for label, boxes in (("walking", windows), ("nobody", ())):
        options = RecordOptions(folder=folder, clip_seconds=2.0, label=label, **ALL)
        Recorder(cameras(film, windows=boxes), options).run(Flag())
    done = run_prepare(folder / "clips.csv", tmp_path / "data")
    assert done.counts == {"nobody": 3, "walking": 6} and not done.problems
    found = done.data_folder.annotations
    assert Counter(each.window for each in found) == {
        None: 3, Box(0, 0, 64, 96): 3, Box(64, 0, 64, 96): 3,
    }  # fmt: skip
    (group,) = {each.group for each in found}
    assert group.startswith("film 20") and {each.source for each in found} == {group}


@pytest.fixture
def run_prepare():
    from kineograph.data.prepare import PREPARE

    return PREPARE["csv"]


def test_never_more_bytes_than_allowed_and_never_the_last_ones_of_a_disk(
    film, tmp_path, monkeypatch
):
    folder = tmp_path / "r"
    most = round(film.stat().st_size * 0.5)
    options = RecordOptions(folder=folder, clip_seconds=1.0, most_bytes=most, **ALL)
    state = Recorder(cameras(film), options).run(Flag())
    kept = sum(p.stat().st_size for p in folder.rglob("*.mkv"))
    assert 0 < kept <= most and state.pieces < 6 and "most bytes are" in state.ended_because
    again = Recorder(cameras(film), options).run(Flag())
    kept = sum(p.stat().st_size for p in folder.rglob("*.m*"))
    assert kept <= most and again.pieces <= 1, "what was there before counts"

    class Usage:
        free = 1_000_100

    monkeypatch.setattr(shelf_module.shutil, "disk_usage", lambda path: Usage)
    tight = RecordOptions(folder=tmp_path / "t", every_seconds=None, least_free_bytes=10**6)
    shelf = Shelf(tight, {}, {})
    with pytest.raises(FullError, match=r"the disk has 1 MB left, and 1 MB stay free"):
        shelf.add(cut_up(film, **ALL)[0])
    shelf.close()


def test_what_a_killed_program_left_is_mended_taken_up_or_named(film, tmp_path):
    folder = tmp_path / "r"
    options = RecordOptions(folder=folder, clip_seconds=3.0, label="walking", **ALL)
    Recorder(cameras(film), options).run(Flag())
    first, second = entries(folder)
    whole = (folder / first["file"]).read_bytes()
    home = (folder / first["file"]).parent
    torn = "101010.000.mkv.77-ab.unfinished"
    (home / torn).write_bytes(whole[: len(whole) * 3 // 4])
    (home / "111111.000.mp4.77-cd.unfinished").write_bytes(b"\0" * 500)
    (home / "121212.500.mkv").write_bytes(whole)
    with (folder / "recorded.jsonl").open("a") as file:
        file.write('{"file": "torn')
    shelf = Shelf(options, {}, {})
    shelf.close()
    notes = "\n".join(shelf.notes)
    assert f"{torn}: was half written; it is whole as far as it went." in notes
    assert "cd.unfinished: was half written and cannot be read. It was removed." in notes
    assert "121212.500.mkv: had no line in recorded.jsonl; it has one now." in notes
    assert not list(folder.rglob("*.unfinished"))
    *_, mended, found = sorted(entries(folder), key=lambda entry: entry.get("taken_up", False))
    assert found["start_time"].endswith("T12:12:12.500+00:00") and found["camera"] == "film"
    assert found["sha256"] == sha256(whole).hexdigest() and found["label"] is None
    assert 0.5 < inspect(folder / mended["file"]).duration_seconds < 3.0
    assert len(list(read_frames(folder / mended["file"]))) > 5
    assert len((folder / "clips.csv").read_text().splitlines()) == 3, (
        "the label of those is unknown"
    )


def test_two_programs_in_one_folder_are_refused(tmp_path):
    shelf = Shelf(RecordOptions(folder=tmp_path), {}, {})
    with pytest.raises(InputError, match="another kineograph record writes there"):
        Shelf(RecordOptions(folder=tmp_path), {}, {})
    shelf.close()


def test_a_broken_camera_loses_nothing_of_the_others_and_a_piece_nothing_of_the_next(
    film, tmp_path, monkeypatch
):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    add, calls = Shelf.add, []

    def once_wrong(self, piece):
        calls.append(piece)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return add(self, piece)

    monkeypatch.setattr(Shelf, "add", once_wrong)
    options = RecordOptions(folder=tmp_path / "r", clip_seconds=2.0, **ALL)
    state = Recorder(cameras(broken, film), options).run(Flag())
    assert (state.pieces, state.failed) == (2, 1) and state.by_camera == {"broken": 0, "film": 2}
    assert any("a piece could not be written: Input/output error" in line for line in state.latest)


# ------------------------------------------------------------------------------------ options


@pytest.mark.parametrize(
    ("text", "seconds"), [("8h", 28800), ("10min", 600), ("90 s", 90), ("1.5d", 129600), ("7", 7)]
)
def test_times_in_words(text, seconds):
    assert parse_seconds(text, "--for") == seconds


def test_sizes_in_words_and_what_is_none():
    sizes = [parse_bytes(text, "--most-bytes") for text in ("20GB", "1.5 mb", "12")]
    assert sizes == [20 * 10**9, 1_500_000, 12]
    for words, call in (
        ("--for soon: is no number with a unit", lambda: parse_seconds("soon", "--for")),
        ("--for 3weeks: 'weeks' is no unit of time", lambda: parse_seconds("3weeks", "--for")),
        ("--most-bytes 3h: 'h' is no unit of size", lambda: parse_bytes("3h", "--most-bytes")),
    ):
        with pytest.raises(InputError, match=words):
            call()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"clip_seconds": 0}, "clip_seconds 0: must be above 0"),
        ({"clip_seconds": 4000.0}, "held in memory until it is whole"),
        ({"every_seconds": 10.0}, "pieces of 30 s would overlap"),
        ({"for_seconds": float("nan")}, "for_seconds nan"),
        ({"most_bytes": 0}, "most_bytes 0"),
        ({"label": " x"}, "label ' x': is no word"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        RecordOptions(**options)


# ------------------------------------------------------------------------------------ real cameras


@pytest.mark.live
def test_a_camera_that_goes_away_and_a_program_that_is_killed_lose_no_whole_piece(film, tmp_path):
    """RTSP that ends and begins again every six seconds; kill -9; then SIGTERM ends it in order."""
    require_rtsp()
    folder, config = tmp_path / "r", tmp_path / "watch.toml"
    with RtspServer(film) as server:
        config.write_text(
            f'[[cameras]]\nname = "hall"\nsource = "{server.url}"\n'
            "first_retry_seconds = 0.1\nlongest_retry_seconds = 0.2\nread_seconds = 2.0\n"
        )
        words = ["record", "--config", config, "--out", folder, "--all", "--clip-seconds", "1"]
        command = [sys.executable, "-m", "kineograph", *map(str, words)]

        def until(count: int) -> None:
            end = time.monotonic() + 30
            while len(list(folder.rglob("*.mkv"))) < count:
                assert time.monotonic() < end, "no new piece came"
                time.sleep(0.05)

        for number, ends_by in ((2, signal.SIGKILL), (4, signal.SIGTERM)):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
            until(number)
            process.send_signal(ends_by)
            printed, _ = process.communicate(timeout=30)
            if ends_by == signal.SIGTERM:
                assert process.returncode == 0, printed
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*.mkv")}
    assert {entry["file"] for entry in entries(folder)} == files and len(files) >= 4
    assert not list(folder.rglob("*.unfinished"))
    for entry in entries(folder):
        path = folder / entry["file"]
        assert entry["sha256"] == sha256(path.read_bytes()).hexdigest()
        assert len(list(read_frames(path))) >= 1
    starts = [datetime.fromisoformat(entry["start_time"]) for entry in entries(folder)]
    assert np.all(np.diff([start.timestamp() for start in starts]) > 0)
