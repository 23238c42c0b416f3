"""Text -> sources: every kind, names, and errors that never repeat a password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.media.cameras.source import Source, parse_source, without_secrets


def test_a_file_and_a_folder_are_named_after_themselves(tmp_path):
    (tmp_path / "door.mp4").write_bytes(b"x")
    assert parse_source(str(tmp_path / "door.mp4")) == Source(
        "door", str(tmp_path / "door.mp4"), "file"
    )
    assert parse_source(f" {tmp_path} ") == Source(tmp_path.name, str(tmp_path), "folder")


@pytest.mark.parametrize(
    ("text", "kind", "name", "shown"),
    [
        ("webcam:0", "webcam", "webcam0", "webcam:0"),
        ("webcam:02", "webcam", "webcam2", "webcam:2"),
        ("/dev/video3", "webcam", "webcam3", "webcam:3"),
        ("rtsp://gate.lan/stream1", "rtsp", "gate.lan-stream1", "rtsp://gate.lan/stream1"),
        ("rtsps://[::1]:322/a", "rtsp", "1-a", "rtsps://[::1]:322/a"),
        ("http://u:s3cret@10.0.0.7:81/video?pwd=t0p", "mjpeg", "10.0.0.7-video", None),
        ("HTTPS://gate.lan/", "mjpeg", "gate.lan", "https://gate.lan/"),
    ],
)
def test_cameras(text, kind, name, shown):
    source = parse_source(text)
    assert (source.kind, source.name) == (kind, name)
    assert source.live
    assert source.shown == (shown or "http://10.0.0.7:81/video")


def test_a_given_name_stays_and_a_login_is_read_back():
    source = parse_source("rtsp://ann:p%40ss@gate/live", name="gate")
    assert (source.name, source.login) == ("gate", ("ann", "p@ss"))
    assert parse_source("rtsp://gate/live").login is None


@given(st.text("abcXYZ019@:/?#[]%&=.-", max_size=30))
def test_nothing_that_is_shown_or_said_holds_the_password(noise):
    text = f"rtsp://ann:T0pSecret@gate{noise}/live?key=T0pSecret"
    try:
        shown = parse_source(text).shown + repr(parse_source(text))
    except InputError as error:
        shown = str(error)
    assert "T0pSecret" not in shown
    assert "\n" not in shown


def test_an_address_that_cannot_be_read_shows_no_secret_either():
    assert without_secrets("rtsp://ann:pw@[::1/live?pw") == "rtsp://[::1/live"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing was given. Give a file"),
        ("rtps://gate/live", "not rtps://. Did you mean 'rtsps'?"),
        ("ftp://u:pw@gate/live", "ftp://gate/live: pictures are read from rtsp://"),
        ("rtsp://ann:pw@/live", "names no host"),
        ("rtsp://gate:99999/live", "its port is no number"),
        ("webcam:front", "told by its number"),
        ("nosuch.mp4", "nosuch.mp4: no such file or folder"),
    ],
)
def test_what_is_no_source_is_refused_in_one_line(text, words):
    with pytest.raises(InputError, match=r"^[^\n]+$") as error:
        parse_source(text)
    assert words in str(error.value)
    assert "pw" not in str(error.value)


def test_a_missing_file_names_its_neighbour_and_a_text_file_is_refused(tmp_path):
    (tmp_path / "door.mp4").write_bytes(b"x")
    (tmp_path / "watch.toml").write_bytes(b"x")
    with pytest.raises(InputError, match=r"Did you mean 'door\.mp4'"):
        parse_source(str(tmp_path / "dor.mp4"))
    with pytest.raises(
        InputError, match=r"a text file, not pictures. Give a video \(.mp4, .mkv, .avi, …\)"
    ):
        parse_source(str(tmp_path / "watch.toml"))
