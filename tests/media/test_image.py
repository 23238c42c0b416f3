"""Folders of pictures, animations and single pictures, drawn in the test."""

import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, inspect, read_chosen, read_frames
from tests.media.drawn_clips import area_mean, draw_scene, number_of, numbered


def save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """frame_1.png … frame_12.png, with things beside them that are no frames."""
    home = tmp_path / "frames"
    home.mkdir()
    for index in range(12):
        save(home / f"frame_{index + 1}.png", numbered(index))
    save(home / ".hidden.png", numbered(20))
    (home / "notes.txt").write_text("ten a second")
    return home


def test_a_folder_is_read_in_natural_order_by_its_clock(folder):
    frames = list(read_frames(folder, frames_per_second=10))
    assert [number_of(frame.pixels) for frame in frames] == list(range(12))
    assert [frame.seconds for frame in frames] == [index / 10 for index in range(12)]
    third = list(read_frames(folder, frames_per_second=10, start_seconds=0.3, end_seconds=0.5))
    assert [frame.index for frame in third] == [3, 4]
    assert [frame.index for frame in read_chosen(folder, [11, 2])] == [11, 2]


def test_the_header_of_a_folder_counts_its_pictures(folder):
    info = inspect(folder)
    assert (info.width, info.height, info.frame_count, info.codec) == (32, 32, 12, "png")
    assert info.frames_per_second is None and info.duration_seconds is None


def test_only_wanted_pictures_of_a_folder_are_opened(folder):
    (folder / "frame_2.png").write_bytes(b"not a picture")
    assert len(read_chosen(folder, [0, 5])) == 2
    words = r"frames: broken after 1 frames: frame_2\.png cannot be decoded\. Replace or remove"
    with pytest.raises(BrokenClipError, match=words):
        list(read_frames(folder))


def test_pictures_of_several_sizes_need_a_size(folder):
    save(folder / "frame_3.png", numbered(2, 16, 24))
    words = r"frames: frame 2 is 24x16 pixels, the first one 32x32\. One size for all: give size_"
    with pytest.raises(InputError, match=words):
        list(read_frames(folder))
    assert {f.pixels.shape for f in read_frames(folder, size_pixels=(8, 8))} == {(8, 8, 3)}


def test_a_folder_without_pictures_says_so(tmp_path):
    with pytest.raises(InputError, match=r"but no picture lies in it\. Give a folder of \.jpg"):
        list(read_frames(tmp_path))


def test_a_gif_runs_at_its_own_pace(tmp_path):
    pictures = [Image.fromarray(numbered(index)) for index in range(5)]
    clip = tmp_path / "a.gif"
    durations = [70, 250, 0, 40, 100]  # milliseconds; browsers show 0 as 100
    pictures[0].save(clip, save_all=True, append_images=pictures[1:], duration=durations)
    frames = list(read_frames(clip, frames_per_second=50))
    assert [frame.seconds for frame in frames] == pytest.approx([0, 0.07, 0.32, 0.42, 0.46])
    assert [number_of(frame.pixels) for frame in frames] == [0, 1, 2, 3, 4]
    info = inspect(clip)
    assert info.frame_count == 5 and info.duration_seconds == pytest.approx(0.56)
    assert info.codec == "gif"


@pytest.mark.parametrize("disposal", [1, 2])
def test_a_gif_of_parts_is_put_together(tmp_path, disposal):
    pictures = []
    for index in range(4):
        picture = Image.new("RGBA", (40, 20), (0, 0, 0, 0) if disposal == 2 else (90, 90, 90, 255))
        picture.paste((255, 0, 0, 255), (10 * index, 5, 10 * index + 10, 15))
        pictures.append(picture)
    clip = tmp_path / "parts.gif"
    pictures[0].save(
        clip, save_all=True, append_images=pictures[1:], duration=100, disposal=disposal
    )
    background = (255, 255, 255) if disposal == 2 else (90, 90, 90)  # transparent becomes white
    for index, frame in enumerate(read_frames(clip)):
        wanted = np.full((20, 40, 3), background, np.uint8)
        wanted[5:15, 10 * index : 10 * index + 10] = (255, 0, 0)
        assert np.array_equal(frame.pixels, wanted)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_other_animations_run_too(tmp_path, suffix):
    pictures = [Image.fromarray(numbered(index)) for index in (0, 9, 18)]
    clip = tmp_path / f"a{suffix}"
    pictures[0].save(clip, save_all=True, append_images=pictures[1:], duration=80, lossless=True)
    frames = list(read_frames(clip))
    assert [number_of(frame.pixels) for frame in frames] == [0, 9, 18]
    assert [frame.seconds for frame in frames] == pytest.approx([0, 0.08, 0.16])


def test_one_picture_is_a_clip_of_one_frame_shrunk_like_every_other(tmp_path):
    scene = draw_scene()
    [frame] = read_frames(save(tmp_path / "a.png", scene), size_pixels=(20, 20))
    assert (frame.index, frame.seconds) == (0, 0.0)
    assert np.abs(frame.pixels - area_mean(scene, (20, 20))).max() <= 1
    [frame] = read_frames(tmp_path / "a.png")
    assert np.array_equal(frame.pixels, scene)


@pytest.mark.parametrize(
    ("exif", "undo", "degrees"),
    [
        (1, lambda a: a, 0),
        (3, lambda a: np.rot90(a, 2), 180),
        (6, lambda a: np.rot90(a, 1), 90),
        (8, lambda a: np.rot90(a, -1), 270),
        (2, lambda a: a[:, ::-1], 0),
    ],
)
def test_a_photograph_is_shown_upright(tmp_path, exif, undo, degrees):
    scene = draw_scene()
    tags = Image.Exif()
    tags[0x0112] = exif
    path = save(tmp_path / "a.png", np.ascontiguousarray(undo(scene)), exif=tags)
    assert np.array_equal(read_chosen(path, [0])[0].pixels, scene)
    info = inspect(path)
    assert (info.width, info.height, info.rotation_degrees) == (64, 48, degrees)


def test_unusual_pictures_keep_their_look(tmp_path):
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None].repeat(8, axis=0)
    assert read(save(tmp_path / "deep.png", ramp))[0, :, 0].tolist() == (ramp[0] >> 8).tolist()
    grey = ramp.astype(np.uint8)
    assert np.array_equal(read(save(tmp_path / "grey.png", grey)), np.stack([grey] * 3, axis=-1))
    glass = np.zeros((8, 8, 4), np.uint8)
    glass[:4] = (10, 20, 30, 255)
    shown = read(save(tmp_path / "glass.png", glass))
    assert shown[0, 0].tolist() == [10, 20, 30] and shown[7, 7].tolist() == [255, 255, 255]
    palette = Image.fromarray(numbered(4)).convert("P")
    palette.save(tmp_path / "palette.png")
    assert number_of(read(tmp_path / "palette.png")) == 4
    Image.fromarray(numbered(4)).convert("CMYK").save(tmp_path / "print.jpg")
    assert number_of(read(tmp_path / "print.jpg")) == 4


def test_depth_in_millimetres_is_seen_and_depth_alone(tmp_path):
    millimetres = np.array([0, 31, 32, 1000, 4500, 8000, 8191, 9000], np.uint16)[None]
    millimetres = millimetres.repeat(8, axis=0)
    for name, bits in (("MDepth-00000001.png", 13), ("Depth-00000012.png", 13), ("a.png", 16)):
        shown = read(save(tmp_path / name, millimetres))
        expected = np.minimum(millimetres // 2 ** (bits - 8), 255)
        assert np.array_equal(shown, np.stack([expected] * 3, axis=-1))
    grey = np.full((8, 8), 200, np.uint8)  # of 8 bits already: whatever its name, as it is
    assert (read(save(tmp_path / "MDepth-00000002.png", grey)) == 200).all()


def read(path):
    return read_chosen(path, [0])[0].pixels


def test_what_is_no_picture_says_so(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("a letter")
    with pytest.raises(InputError, match=r"a\.png: not a picture that Pillow knows\."):
        read(path)
    save(path, draw_scene())
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"a\.png: the picture cannot be decoded \(.*\)\. Copy"):
        read(path)


def test_a_gif_cut_short_gives_its_frames_then_says_where_it_broke(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (6, 40, 40, 3), dtype=np.uint8)
    pictures = [Image.fromarray(picture) for picture in noise]
    clip = tmp_path / "a.gif"
    pictures[0].save(clip, save_all=True, append_images=pictures[1:], duration=100)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    given = []
    with pytest.raises(BrokenClipError, match=r"a\.gif: broken after \d frames \(.*\)\. Use those"):
        for frame in read_frames(clip):
            given.append(frame)
    assert 1 <= len(given) < 6
