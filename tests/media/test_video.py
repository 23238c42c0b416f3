"""Order, times, ranges and faults of video files; a drawn frame tells its number by its grey."""

import shutil
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, inspect, read_chosen, read_frames
from tests.media.drawn_clips import draw_scene, encode, number_of, numbered

ODD_STAMPS = [0, 1, 2, 5, 6, 10, 11, 12, 20, 21]  # tenths of a second
CLIP_KINDS = [
    ("a.mp4", "libx264", {"bf": "3"}),
    ("a.mkv", "libx264", {"bf": "3"}),
    ("a.ts", "libx264", {"bf": "3"}),
    ("a.mp4", "libx265", {"x265-params": "log-level=none"}),
    ("a.mp4", "mpeg4", {"bf": "2"}),
    ("a.webm", "libvpx-vp9", {"deadline": "realtime"}),
    ("a.webm", "libvpx", {"deadline": "realtime"}),
    ("a.mkv", "libsvtav1", {}),
    ("a.mkv", "mjpeg", {}),
    ("a.mkv", "ffv1", {}),
    ("a.flv", "flv", {}),
    ("a.wmv", "wmv2", {}),
]


def numbers(frames):
    return [number_of(frame.pixels) for frame in frames]


@pytest.mark.parametrize(("name", "codec", "options"), CLIP_KINDS)
def test_frames_come_in_order_with_the_times_they_were_given(tmp_path, name, codec, options):
    pictures = [numbered(i, 64, 64) for i in range(len(ODD_STAMPS))]
    clip = encode(tmp_path / name, pictures, codec=codec, options=options, stamps=ODD_STAMPS)
    frames = list(read_frames(clip))
    assert [frame.index for frame in frames] == list(range(len(ODD_STAMPS)))
    assert numbers(frames) == list(range(len(ODD_STAMPS)))
    assert [frame.seconds for frame in frames] == pytest.approx(
        [stamp / 10 for stamp in ODD_STAMPS], abs=6e-4
    )


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.avi", "libx264"), ("a.avi", "mpeg4"), ("a.h264", "libx264"), ("a.mpg", "mpeg2video")],
)
def test_files_without_presentation_stamps_still_run_at_their_rate(tmp_path, name, codec):
    clip = encode(
        tmp_path / name,
        [numbered(i) for i in range(12)],
        codec=codec,
        options={"bf": "2"},
        prepare=at_25_frames_per_second if name == "a.mpg" else lambda stream: None,
    )
    frames = list(read_frames(clip))
    tick = 0.04 if name == "a.mpg" else 0.1
    assert numbers(frames) == list(range(12))
    assert [f.seconds for f in frames] == pytest.approx([i * tick for i in range(12)], abs=1e-4)


def at_25_frames_per_second(stream):
    stream.codec_context.framerate = 25


def test_time_is_counted_from_the_first_shown_frame(tmp_path):
    clip = encode(tmp_path / "late.mkv", [numbered(i) for i in range(3)], stamps=[83, 84, 90])
    assert [frame.seconds for frame in read_frames(clip)] == pytest.approx([0, 0.1, 0.7])


def test_a_range_holds_its_start_and_not_its_end(tmp_path):
    clip = encode(tmp_path / "a.mp4", [numbered(i) for i in range(10)])
    frames = list(read_frames(clip, start_seconds=0.1 + 0.2, end_seconds=0.7))
    assert numbers(frames) == [3, 4, 5, 6]
    assert [frame.index for frame in frames] == [3, 4, 5, 6]


def test_chosen_frames_are_those_of_the_whole_clip_in_the_order_asked_for(tmp_path):
    clip = encode(tmp_path / "a.mp4", [draw_scene(seed=seed) for seed in range(8)])
    whole = list(read_frames(clip, size_pixels=(20, 24)))
    chosen = read_chosen(clip, [6, 1, 1, 3], size_pixels=(20, 24))
    assert [frame.index for frame in chosen] == [6, 1, 1, 3]
    for frame in chosen:
        assert np.array_equal(frame.pixels, whole[frame.index].pixels)
        assert frame.seconds == whole[frame.index].seconds
    assert read_chosen(clip, []) == []


def test_a_header_is_told_in_plain_units(tmp_path):
    clip = encode(tmp_path / "a.mp4", [numbered(i, 48, 64) for i in range(10)])
    info = inspect(clip)
    assert (info.width, info.height, info.rotation_degrees) == (64, 48, 0)
    assert (info.frame_count, info.duration_seconds, info.frames_per_second) == (10, 1.0, 10)
    assert (info.codec, info.pixel_format) == ("h264", "yuv420p")
    assert info.size_bytes == clip.stat().st_size and info.path == clip


@pytest.mark.parametrize("name", ["12:30:05.mp4", "100%d.mp4", "бег и прыжки.mp4", "a#b?.mp4"])
def test_any_file_name_that_the_system_allows_can_be_read(tmp_path, name):
    if sys.platform == "win32" and set(name) & set(':?"'):
        pytest.skip("not a file name on Windows")
    clip = tmp_path / name
    shutil.copy(encode(tmp_path / "plain.mp4", [numbered(3)] * 2), clip)
    assert numbers(read_frames(clip)) == [3, 3]


def test_titles_in_an_old_encoding_do_not_matter(tmp_path):
    clip = tmp_path / "a.mkv"
    plain = encode(tmp_path / "b.mkv", [numbered(3)])
    copy_packets(plain, clip, title="TITLETITLE")
    clip.write_bytes(clip.read_bytes().replace(b"TITLETITLE", "Название:)".encode("cp1251")))
    assert numbers(read_frames(clip)) == [3]


def test_pictures_that_change_their_size_are_refused_unless_a_size_is_asked_for(tmp_path):
    first = encode(tmp_path / "1.ts", [numbered(1, 32, 32)] * 3)
    second = encode(tmp_path / "2.ts", [numbered(2, 48, 64)] * 3)
    clip = tmp_path / "both.ts"
    clip.write_bytes(first.read_bytes() + second.read_bytes())
    assert numbers(read_frames(clip, size_pixels=(16, 16))) == [1, 1, 1, 2, 2, 2]
    words = r"both\.ts: frame 3 is 64x48 pixels, the first one 32x32.*give size_pixels"
    with pytest.raises(InputError, match=words):
        list(read_frames(clip))


# --- what cannot be read, each in one line ------------------------------------------------------


def fault(action):
    with pytest.raises(InputError) as caught:
        action()
    words = str(caught.value)
    assert "\n" not in words and words.endswith((".", "?"))
    return words


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "clip01.mp4").touch()
    words = fault(lambda: read_frames(tmp_path / "clip1.mp4"))
    assert "clip1.mp4: no such file or folder. Did you mean 'clip01.mp4'?" in words


def test_a_name_that_no_system_allows_is_one_line_too(tmp_path):
    assert fault(lambda: read_frames(tmp_path / ("a" * 5000)))


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "empty.mp4").touch()
    words = fault(lambda: list(read_frames(tmp_path / "empty.mp4")))
    assert "empty.mp4: the file is empty (0 bytes). Copy or record it again." in words


def test_text_is_not_a_video(tmp_path):
    (tmp_path / "text.mp4").write_text("This is a letter, not a video.\n" * 50)
    words = fault(lambda: list(read_frames(tmp_path / "text.mp4")))
    assert "text.mp4: not a video that FFmpeg knows." in words


def test_sound_alone_is_not_a_video(tmp_path):
    with wave.open(str(tmp_path / "song.mp4"), "wb") as song:
        song.setparams((1, 2, 8000, 0, "NONE", ""))
        song.writeframes(bytes(16000))
    words = fault(lambda: list(read_frames(tmp_path / "song.mp4")))
    assert "song.mp4: holds audio but no video. Give a file with pictures in it." in words


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (48, 64, 3), dtype=np.uint8) for _ in range(30)]


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("cut.mp4", "libx264", {"movflags": "faststart"}),
        ("cut.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("cut.avi", "mjpeg", {}),
        ("cut.mkv", "libx264", {}),
        ("cut.webm", "libvpx-vp9", {"deadline": "realtime"}),
    ],
)
def test_a_file_cut_short_gives_its_frames_then_says_where_it_broke(
    tmp_path, noise, name, codec, options
):
    whole = encode_with_muxer_options(tmp_path / f"whole_{name}", noise, codec, options)
    complete = list(read_frames(whole, size_pixels=(12, 16)))
    assert len(complete) == 30
    clip = tmp_path / name
    clip.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    given = []
    with pytest.raises(BrokenClipError) as caught:
        for frame in read_frames(clip, size_pixels=(12, 16)):
            given.append(frame)
    assert 5 < len(given) < 30
    for frame, same in zip(given, complete, strict=False):
        assert np.array_equal(frame.pixels, same.pixels) and frame.seconds == same.seconds
    end = round(given[-1].seconds + 0.1, 3)
    words = f"{name}: broken after {len(given)} frames"
    assert words in str(caught.value) and f"(end_seconds={end:g})" in str(caught.value)
    assert len(list(read_frames(clip, end_seconds=end))) == len(given), "the remedy must work"
    assert read_chosen(clip, [3], size_pixels=(12, 16))[0].index == 3


def encode_with_muxer_options(path, pictures, codec, options):
    encode(path.with_suffix(".mkv") if codec == "libx264" else path, pictures, codec=codec)
    if codec != "libx264" or path.suffix == ".mkv":
        return path
    return copy_packets(path.with_suffix(".mkv"), path, options=options)


def copy_packets(source, target, *, title="", options=None):
    with av.open(str(source)) as old, av.open(str(target), "w", options=options or {}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        new.metadata["title"] = title
        for packet in old.demux(video=0):
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    return target


def test_an_mp4_that_was_never_finished_says_what_is_missing(tmp_path, noise):
    whole = encode(tmp_path / "whole.mp4", noise)
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    words = fault(lambda: list(read_frames(clip)))
    assert "cut.mp4: cut short or never finished: the index of the MP4 file is missing." in words


def test_a_file_of_rubbish_packets_has_no_frame(tmp_path, noise):
    whole = encode(tmp_path / "whole.mkv", noise, codec="libx264")
    content = bytearray(whole.read_bytes())
    start = content.index(b"\x1f\x43\xb6\x75") + 20  # the first cluster of pictures
    content[start:] = bytes(np.random.default_rng(1).integers(0, 256, len(content) - start, "u1"))
    clip = tmp_path / "rubbish.mkv"
    clip.write_bytes(content)
    words = fault(lambda: list(read_frames(clip)))
    assert "rubbish.mkv: none of its h264 frames can be decoded" in words


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"start_seconds": -1}, r"start_seconds=-1; a clip begins at 0"),
        ({"start_seconds": 0.5, "end_seconds": 0.5}, r"end_seconds=0.5 is not after"),
        (
            {"start_seconds": 9},
            r"no frame begins from 9 s on; the clip was read up to 1.000 s \(10 frames\)",
        ),
        (
            {"start_seconds": 0.31, "end_seconds": 0.39},
            r"no frame begins from 0.31 s to 0.39 s; .* Ask for a range that holds a frame",
        ),
        ({"frames_per_second": 0}, r"frames_per_second=0; a clock runs forward"),
    ],
)
def test_an_impossible_range_is_refused(tmp_path, limits, words):
    clip = encode(tmp_path / "a.mp4", [numbered(i) for i in range(10)])
    with pytest.raises(InputError, match=words):
        list(read_frames(clip, **limits))


def test_frames_that_are_not_there_are_refused_with_those_that_are(tmp_path):
    clip = encode(tmp_path / "a.mp4", [numbered(i) for i in range(10)])
    words = r"a\.mp4: asked for frame 12, but it has 10 frames \(0 to 9\)\. Ask for frames within"
    with pytest.raises(InputError, match=words):
        read_chosen(clip, [3, 12])
    with pytest.raises(InputError, match=r"asked for frame -1; frames are counted from 0"):
        read_chosen(clip, [-1])


def test_nothing_of_libav_reaches_the_terminal(tmp_path, noise):
    whole = encode(tmp_path / "whole.avi", noise, codec="mpeg4")
    content = bytearray(whole.read_bytes())
    content[len(content) // 2 :: 97] = b"\xff" * len(content[len(content) // 2 :: 97])
    clip = tmp_path / "damaged.avi"
    clip.write_bytes(content)
    program = (
        "import sys\nfrom kineograph.media import read_frames\n"
        "try:\n    print(len(list(read_frames(sys.argv[1]))))\n"
        "except ValueError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(clip)], capture_output=True, text=True, check=True
    )
    assert done.stderr == "" and len(done.stdout.splitlines()) == 1


def test_a_reader_that_is_left_early_closes_its_file(tmp_path: Path):
    clip = encode(tmp_path / "a.mp4", [numbered(i) for i in range(10)])
    frames = read_frames(clip)
    next(frames)
    frames.close()
    clip.unlink()  # Windows refuses this while the file is open
    assert not clip.exists()
