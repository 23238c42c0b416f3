"""Depth beside a video: found by name, every millimetre kept, each picture at its time."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.media.depth import DepthFolder, DepthVideo, open_depth, read_depth_picture
from kineograph.media.frame import BrokenClipError
from kineograph.media.listing import DEPTH_MARKS, DEPTH_SUFFIXES, find_depth, list_media
from kineograph.media.write import write_depth, write_video

SIZE = (20, 30)


def distances(count: int, seed: int = 0) -> np.ndarray:
    """(T, H, W) uint16: any value that 16 bits hold, unmeasured ones among them."""
    found = np.random.default_rng(seed).integers(0, 65536, (count, *SIZE)).astype(np.uint16)
    found[:, :3] = 0
    return found


def colours(path: Path, count: int = 10, rate: float = 10.0) -> Path:
    write_video(path, np.zeros((count, *SIZE, 3), np.uint8), rate)
    return path


def folder_of(path: Path, frames: np.ndarray) -> Path:
    """Pictures 1.png … 10.png …, whose natural order is not that of their letters."""
    path.mkdir()
    for number, frame in enumerate(frames, 1):
        Image.fromarray(frame).save(path / f"{number}.png")
    return path


def test_a_16_bit_picture_keeps_its_millimetres(tmp_path):
    made = np.array([[0, 1, 255], [256, 4321, 65535]], np.uint16)
    Image.fromarray(made).save(tmp_path / "1.png")
    found = read_depth_picture(tmp_path / "1.png")
    assert found.dtype == np.uint16 and np.array_equal(found, made)


def test_8_bit_grey_is_32_mm_a_level(tmp_path):
    Image.fromarray(np.array([[0, 3, 4, 100, 255]], np.uint8)).save(tmp_path / "1.png")
    assert read_depth_picture(tmp_path / "1.png").tolist() == [[0, 0, 128, 3200, 8160]]


@pytest.mark.parametrize("mode", ["RGB", "1"])
def test_a_picture_that_holds_no_distances_is_refused(tmp_path, mode):
    Image.new(mode, (4, 4)).save(tmp_path / "1.png")
    with pytest.raises(InputError, match=f"picture of mode {mode}; depth is 16-bit grey.*Export"):
        read_depth_picture(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"\x89PNG not")
    with pytest.raises(InputError, match="2.png: the depth picture cannot be decoded. Copy"):
        read_depth_picture(tmp_path / "2.png")


def test_a_written_depth_video_is_read_to_the_millimetre(tmp_path):
    source, made = colours(tmp_path / "a.mp4"), distances(10)
    write_depth(tmp_path / "a.depth.mkv", made, 10)
    depth = open_depth(source)
    assert isinstance(depth, DepthVideo)
    for number, frame in enumerate(made):
        found = depth.nearest(number / 10, number)
        assert found.seconds == pytest.approx(number / 10, abs=2e-3)
        assert np.array_equal(found.load(), frame)
    depth.close()


def test_a_picture_is_given_the_depth_nearest_in_time(tmp_path):
    """Depth at 7 a second beside colours at 10: by brute force over all of its times."""
    source, made = colours(tmp_path / "a.mp4", 20), distances(14)
    write_depth(tmp_path / "a_depth.mkv", made, 7)
    with av.open(str(tmp_path / "a_depth.mkv")) as container:
        times = np.array([float(frame.time) for frame in container.decode(video=0)])
    depth = open_depth(source)
    for moment in np.arange(20) / 10:
        found = depth.nearest(float(moment), round(moment * 10))
        best = np.abs(times - moment).argmin()
        assert found.seconds == pytest.approx(times[best])
        assert np.array_equal(found.load(), made[best])


def test_a_depth_video_that_ends_or_begins_too_far_away_says_between_which_times(tmp_path):
    source = colours(tmp_path / "a.mp4")
    write_depth(tmp_path / "a.depth.mkv", distances(10), 10)
    depth = open_depth(source)
    depth.nearest(1.39, 14)
    for moment in (1.5, 2.5):  # one line for all of them
        with pytest.raises(
            BrokenClipError, match=r"a.mp4: its depth a.depth.mkv holds nothing after 0.90 s; .*0.5"
        ):
            depth.nearest(moment, 0)


def test_a_depth_video_that_is_cut_short_gives_what_it_has(tmp_path):
    source = colours(tmp_path / "a.mp4", 40)
    write_depth(tmp_path / "a.depth.mkv", distances(40), 10)
    whole = (tmp_path / "a.depth.mkv").read_bytes()
    (tmp_path / "a.depth.mkv").write_bytes(whole[: len(whole) // 2])
    depth = open_depth(source)
    assert np.array_equal(depth.nearest(0.5, 5).load(), distances(40)[5])
    with pytest.raises(BrokenClipError, match="a.depth.mkv: broken after"):
        depth.nearest(3.9, 39)


def test_a_view_in_rainbow_colours_is_refused_and_a_grey_one_is_read(tmp_path):
    rows = np.linspace(40, 220, 64).astype(np.uint8)
    grey = np.broadcast_to(rows[None, :, None], (48, 64, 3))
    write_video(colours(tmp_path / "a.mp4").with_name("a.depth.mp4"), [grey] * 3, 10)
    found = open_depth(tmp_path / "a.mp4").nearest(0.0, 0).load()
    assert np.abs(found / 32 - rows).max() <= 3
    rainbow = np.stack([rows, rows[::-1], rows], -1)[None].repeat(48, 0)
    write_video(colours(tmp_path / "b.mp4").with_name("b.depth.mp4"), [rainbow] * 3, 10)
    with pytest.raises(InputError, match="b.depth.mp4: its pictures are coloured; depth is 16-bit"):
        open_depth(tmp_path / "b.mp4").nearest(0.0, 0).load()


def test_another_pixel_format_is_refused(tmp_path):
    source = colours(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.depth.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.height, stream.width, stream.pix_fmt = *SIZE, "yuv420p10le"
        container.mux(stream.encode(av.VideoFrame(SIZE[1], SIZE[0], "yuv420p10le")))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match="of the format yuv420p10le; depth is 16-bit.*gray16le"):
        open_depth(source).nearest(0.0, 0).load()


# ------------------------------------------------------------------------------------ folders


def test_as_many_pictures_as_the_video_has_belong_to_these(tmp_path):
    source, made = colours(tmp_path / "a.mp4", 12), distances(12)
    folder_of(tmp_path / "a.depth", made)
    depth = open_depth(source)
    assert isinstance(depth, DepthFolder)
    for number in range(12):
        assert np.array_equal(depth.nearest(99.0, number).load(), made[number])


def test_a_folder_of_30_a_second_is_taken_by_time(tmp_path):
    source, made = colours(tmp_path / "a.mp4", 10, 10), distances(30)
    folder_of(tmp_path / "a.depth", made)
    depth = open_depth(source)
    for number in range(10):
        assert np.array_equal(depth.nearest(number / 10, number).load(), made[3 * number])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("times.csv", "file,seconds\n1.png,0.2\n2.png,0.3\n3.png,1.9\n"),
        ("times.txt", "0.2\n0.3\n\n1.9\n"),
    ],
)
def test_written_times_are_believed(tmp_path, name, text):
    source, made = colours(tmp_path / "a.mp4"), distances(3)
    (folder_of(tmp_path / "a.depth", made) / name).write_text(text)
    depth = open_depth(source)
    for moment, expected in ((0.0, 0), (0.24, 0), (0.26, 1), (0.7, 1), (1.5, 2), (2.3, 2)):
        assert np.array_equal(depth.nearest(moment, 0).load(), made[expected])
    with pytest.raises(BrokenClipError, match="holds nothing from 0.30 to 1.90 s"):
        depth.nearest(1.1, 11)
    with pytest.raises(BrokenClipError, match="holds nothing after 1.90 s"):
        depth.nearest(2.5, 25)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0\n1\n", "times.csv: 2 times for 3 pictures. Write one line for each"),
        ("0\n2\n1\n", "times.csv: the times do not always go forward. Write them in order"),
        ("0\nsoon\n1\n", "times.csv: line 2 is 'soon', no time in seconds. Write one number"),
    ],
)
def test_times_that_mean_nothing_are_refused(tmp_path, text, words):
    source = colours(tmp_path / "a.mp4")
    (folder_of(tmp_path / "a.depth", distances(3)) / "times.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        open_depth(source)


def test_a_folder_whose_length_does_not_fit_is_refused(tmp_path):
    source = colours(tmp_path / "a.mp4", 20)
    folder_of(tmp_path / "a.depth", distances(17))
    with pytest.raises(InputError, match=r"a.depth has 17 pictures, the video 20 and lasts 2 s"):
        open_depth(source)


# -------------------------------------------------------------------------------------- names


def test_no_depth_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"a.mp4: no depth lies beside it. Put a.depth.mkv or a f"):
        open_depth(colours(tmp_path / "a.mp4"))


def test_depth_is_found_by_every_name_and_is_no_clip_of_its_own(tmp_path):
    names = [f"clip{mark}{end}" for mark in DEPTH_MARKS for end in ("", *DEPTH_SUFFIXES)]
    assert len(names) == 10
    for place, name in enumerate(names):
        home = tmp_path / str(place)
        home.mkdir()
        source = colours(home / "clip.mp4", 2)
        assert find_depth(source) is None
        if Path(name).suffix in DEPTH_SUFFIXES:
            (home / name).write_bytes(b"depth")
        else:
            folder_of(home / name, distances(2))
        (home / "other.depth.mkv").write_bytes(b"of nothing: a clip that is named so")
        assert find_depth(source) == home / name
        assert [each.name for each in list_media(home)] == ["clip.mp4", "other.depth.mkv"]
