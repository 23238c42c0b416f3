"""What is written is read back; what cannot be written leaves the disk as it was."""

import errno
import os
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.media import Frame, inspect, read_frames
from kineograph.media.write import VideoWriter, write_picture, write_strip, write_video
from tests.media.drawn_clips import BARS, area_mean, draw_bars, draw_scene, number_of, numbered


@pytest.mark.parametrize("height", [60, 600], ids=["tagged BT.601", "tagged BT.709"])
def test_colours_come_back_as_written(tmp_path, height):
    write_video(tmp_path / "a.mp4", [draw_bars(height)] * 2)
    pixels = next(read_frames(tmp_path / "a.mp4")).pixels
    assert np.abs(pixels[height // 2, 8::16].astype(int) - BARS).max() <= 5
    with av.open(str(tmp_path / "a.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.color_range) == ("h264", "yuv420p", 1)
        assert codec.colorspace == (6 if height == 60 else 1)


def test_pixels_come_back_nearly_as_written(tmp_path):
    scenes = [draw_scene(seed=seed) for seed in range(4)]
    write_video(tmp_path / "a.mp4", scenes)
    half = (24, 32)  # the format keeps colour at half size
    frames = read_frames(tmp_path / "a.mp4", size_pixels=half)
    for frame, scene in zip(frames, scenes, strict=True):
        assert np.abs(frame.pixels - area_mean(scene, half)).mean() < 4


@pytest.mark.parametrize("rate", [25, 12.5, 30000 / 1001, 10])
def test_bare_pixels_follow_the_clock(tmp_path, rate):
    write_video(tmp_path / "a.mp4", [numbered(index) for index in range(9)], rate)
    frames = list(read_frames(tmp_path / "a.mp4"))
    assert [number_of(frame.pixels) for frame in frames] == list(range(9))
    assert [f.seconds for f in frames] == pytest.approx([i / rate for i in range(9)], abs=1e-6)
    assert float(inspect(tmp_path / "a.mp4").frames_per_second) == pytest.approx(rate, rel=1e-4)
    assert inspect(tmp_path / "a.mp4").duration_seconds == pytest.approx(9 / rate, abs=1e-4)


def test_frames_keep_their_own_times_from_the_first_one_on(tmp_path):
    times = [3.2, 3.25, 3.5, 4.01, 4.02]
    frames = [Frame(numbered(i), seconds, 80 + i) for i, seconds in enumerate(times)]
    write_video(tmp_path / "a.mp4", iter(frames))
    back = [frame.seconds for frame in read_frames(tmp_path / "a.mp4")]
    assert back == pytest.approx([seconds - 3.2 for seconds in times], abs=1e-5)


@pytest.mark.parametrize(("height", "width"), [(31, 33), (32, 33), (1, 1), (2, 2)])
def test_an_odd_size_gets_its_last_row_or_column_twice(tmp_path, height, width):
    scene = draw_scene(height, width)
    write_video(tmp_path / "a.mp4", [scene] * 2)
    pixels = next(read_frames(tmp_path / "a.mp4")).pixels
    assert pixels.shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(pixels[:height, :width].astype(int) - scene).mean() < 5


def test_a_frame_without_a_time_follows_the_last_one(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", size_pixels=(32, 32), frames_per_second=10) as video:
        video.add(numbered(0), 5.0)
        video.add(numbered(1), 5.3)
        video.add(numbered(2))
    assert [f.seconds for f in read_frames(tmp_path / "a.mp4")] == pytest.approx([0, 0.3, 0.4])


# --- whole or not at all ------------------------------------------------------------------------


def test_nothing_is_seen_until_the_clip_is_whole(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("what was there before")
    with VideoWriter(path, size_pixels=(32, 32)) as video:
        video.add(numbered(0))
        assert path.read_text() == "what was there before"
    assert len(list(read_frames(path))) == 1
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_an_error_while_writing_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("what was there before")
    with (
        pytest.raises(ZeroDivisionError),
        VideoWriter(path, size_pixels=(32, 32)) as video,
    ):
        video.add(numbered(0))
        raise ZeroDivisionError
    assert path.read_text() == "what was there before"
    assert os.listdir(tmp_path) == ["a.mp4"]


def test_a_killed_writer_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("what was there before")
    program = (
        "import os, sys, numpy\nfrom kineograph.media.write import VideoWriter\n"
        "with VideoWriter(sys.argv[1], size_pixels=(64, 64)) as video:\n"
        "    for _ in range(50):\n"
        "        video.add(numpy.random.randint(0, 255, (64, 64, 3), dtype='uint8'))\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    assert path.read_text() == "what was there before"


def test_a_full_disk_is_told_in_one_line_wherever_it_strikes(tmp_path):
    pytest.importorskip("resource", reason="file size limits are POSIX only")
    program = (
        "import os, resource, signal, sys, numpy\n"
        "from kineograph.errors import InputError\n"
        "from kineograph.media.write import write_video\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "noise = numpy.random.default_rng(0).integers(0, 255, (20, 32, 32, 3), dtype='uint8')\n"
        "write_video('whole.mp4', noise)\n"
        "size = os.path.getsize('whole.mp4')\n"
        "for limit in [*range(0, size, size // 12), size - 1]:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))\n"
        "    try:\n        write_video('clip.mp4', noise)\n        print('written', limit)\n"
        "    except InputError as error:\n        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    words = "clip.mp4: cannot be written (File too large). Free some space, or write elsewhere."
    assert set(done.stdout.splitlines()) == {words} and done.stderr == ""
    assert os.listdir(tmp_path) == ["whole.mp4"]


def test_no_space_left_is_told_in_one_line(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kineograph.media.write.os.replace", full)
    words = r"a\.mp4: cannot be written \(No space left on device\)\. Free some space, or write"
    with pytest.raises(InputError, match=words):
        write_video(tmp_path / "a.mp4", [numbered(0)])
    with pytest.raises(InputError, match=r"a\.png: cannot be written"):
        write_picture(tmp_path / "a.png", numbered(0))
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path):
    words = r"a\.mp4: cannot be written \(No such file or directory\)\. Check the folder and its"
    with pytest.raises(InputError, match=words):
        write_video(tmp_path / "nowhere" / "a.mp4", [numbered(0)])
    with pytest.raises(InputError, match=r"a\.png: cannot be written"):
        write_strip(tmp_path / "nowhere" / "a.png", [numbered(0)])


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], r"a\.mp4: no frame to write\. Give one frame at least"),
        ([numbered(0), numbered(1, 16, 16)], r"a\.mp4: a frame is \(16, 16, 3\) uint8, the clip"),
        ([numbered(0).astype(float)], r"a frame is \(32, 32, 3\) float64"),
        (
            [Frame(numbered(0), 0.4, 0), Frame(numbered(0), 0.4, 1)],
            r"a\.mp4: a frame at 0.4 s is not later than the one before it \(0.4 s\)\. Add frames",
        ),
    ],
)
def test_frames_that_are_no_clip_are_refused(tmp_path, frames, words):
    with pytest.raises(InputError, match=words):
        write_video(tmp_path / "a.mp4", frames)
    assert os.listdir(tmp_path) == []


def test_a_writer_without_frames_writes_nothing(tmp_path):
    with (
        pytest.raises(InputError, match="no frame to write"),
        VideoWriter(tmp_path / "a.mp4", size_pixels=(8, 8)),
    ):
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("rate", [0, -5, float("nan"), float("inf")])
def test_a_clock_that_does_not_run_is_refused(tmp_path, rate):
    with pytest.raises(InputError, match=rf"frames_per_second={rate}; a clip moves forward"):
        VideoWriter(tmp_path / "a.mp4", size_pixels=(8, 8), frames_per_second=rate)


# --- pictures -----------------------------------------------------------------------------------


def test_a_picture_is_written_as_its_suffix_says(tmp_path):
    write_picture(tmp_path / "a.png", draw_scene())
    write_picture(tmp_path / "a.jpg", draw_scene())
    with Image.open(tmp_path / "a.png") as png, Image.open(tmp_path / "a.jpg") as jpeg:
        assert np.array_equal(np.asarray(png), draw_scene())
        assert jpeg.format == "JPEG"


def test_a_strip_holds_its_frames_side_by_side(tmp_path):
    frames = [Frame(numbered(index, 60, 80), index / 10, index) for index in range(5)]
    write_strip(tmp_path / "strip.png", frames, columns=3, height_pixels=60)
    with Image.open(tmp_path / "strip.png") as image:
        strip = np.asarray(image)
    assert strip.shape[0] > 120 and strip.shape[1] > 240
    middles = [(strip.shape[0] // 4, x) for x in (45, 130, 215)]
    assert [number_of(strip[y - 3 : y + 3, x - 3 : x + 3]) for y, x in middles] == [0, 1, 2]


def test_a_strip_needs_a_caption_for_every_frame_or_none(tmp_path):
    with pytest.raises(InputError, match="film strip: 2 frames, 1 captions, 8 columns"):
        write_strip(tmp_path / "s.png", [numbered(0)] * 2, captions=["one"])
