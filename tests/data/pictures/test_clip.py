"""Clips as a few moments: which frames, of which files, kept beside pictures and never for them."""

import tarfile

import numpy as np
import pytest
from PIL import Image

from kineograph.data.augment import Augmentation
from kineograph.data.pictures.augment import change_picture
from kineograph.data.pictures.cache import build_picture_cache, fit_picture
from kineograph.data.pictures.clip import clip_frames, seen_file
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.errors import InputError
from kineograph.media.write import write_video


def grey(level, height=16, width=24):
    return np.full((height, width, 3), level, np.uint8)


@pytest.fixture
def clips(tmp_path):
    """A video whose frames grow brighter, a folder of pictures, a GIF, and a picture."""
    write_video(tmp_path / "long.mp4", [grey(10 * n) for n in range(25)])
    (tmp_path / "short").mkdir()
    for n in range(3):
        Image.fromarray(grey(50 * n)).save(tmp_path / "short" / f"{n}.png")
    Image.fromarray(grey(77)).save(tmp_path / "still.png")
    flips = [Image.fromarray(grey(level)) for level in (0, 255)]
    flips[0].save(tmp_path / "flip.gif", save_all=True, append_images=flips[1:], duration=100)
    return tmp_path


def levels(frames):
    return frames.mean((1, 2, 3)).round().astype(int).tolist()


def test_moments_are_the_frames_in_the_middles_of_even_spans(clips):
    found = clip_frames(clips / "long.mp4", 4)
    assert found.shape == (4, 16, 24, 3) and found.dtype == np.uint8
    np.testing.assert_allclose(levels(found), [30, 90, 150, 210], atol=4)  # 24 steps, 4 spans
    assert levels(clip_frames(clips / "short", 3)) == [0, 50, 100]
    assert levels(clip_frames(clips / "short", 6)) == [0, 0, 50, 50, 100, 100]
    assert levels(clip_frames(clips / "flip.gif", 2)) == [0, 255]


def test_a_picture_stands_still_and_one_moment_of_a_clip_is_its_middle(clips):
    assert levels(clip_frames(clips / "still.png", 3)) == [77] * 3
    np.testing.assert_array_equal(seen_file(clips / "still.png", 1), grey(77))
    np.testing.assert_allclose(seen_file(clips / "long.mp4", 1).mean(), 120, atol=4)
    np.testing.assert_array_equal(seen_file(clips / "short", 1), grey(50))
    assert seen_file(clips / "flip.gif", 1).mean() == 0  # a GIF is a picture, too: its first
    assert seen_file(clips / "flip.gif", 2).shape == (2, 16, 24, 3)


def test_a_cache_of_clips_is_none_of_pictures(clips):
    names = ["long.mp4", "short", "flip.gif", "still.png", "gone.avi", "bad.mp4"]
    (clips / "bad.mp4").write_bytes(b"no video at all")
    cache, faults = build_picture_cache(clips / "cache", clips, names, size_pixels=8, frames=4)
    assert cache.known == {"long.mp4", "short", "flip.gif", "still.png"}
    assert "gone.avi: not found" in faults["gone.avi"] and "bad.mp4" in faults["bad.mp4"]
    for name in cache.known:
        wanted = fit_picture(clip_frames(clips / name, 4), 8, "crop")
        np.testing.assert_array_equal(cache[name], wanted)
    one, _ = build_picture_cache(clips / "cache", clips, names, size_pixels=8)
    assert one["long.mp4"].shape == (8, 8, 3)
    np.testing.assert_allclose(one["long.mp4"].mean(), 120, atol=4)
    assert build_picture_cache(clips / "cache", clips, names[:1], size_pixels=8, frames=4)[0][
        "long.mp4"
    ].shape == (4, 8, 8, 3)


def test_pictures_of_an_archive_stand_still_and_clips_are_refused_there(clips):
    with tarfile.open(clips / "all.tar", "w") as tar:
        for name in ("still.png", "long.mp4"):
            tar.add(clips / name, name)
    files = PictureFiles(clips)
    assert levels(files.clip("all.tar/still.png", 2)) == [77, 77]
    with pytest.raises(InputError) as error:
        files.clip("all.tar/long.mp4", 2)
    assert "clips are not read out of archives. Unpack it, and name it" in str(error.value)


def test_frames_of_a_clip_are_changed_alike_and_lie_side_by_side():
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (12, 12, 3)).astype(np.uint8)
    clip = np.stack([frame] * 3)
    amount = Augmentation(mirror=True, crop=0.3, brightness=0.2)
    changed = change_picture(clip, np.random.default_rng(4), amount)
    for each in changed:
        alone = change_picture(frame, np.random.default_rng(4), amount)
        np.testing.assert_array_equal(each, alone)
    tensor = picture_tensor([clip, changed])
    assert tensor.shape == (2, 3, 3, 12, 12)
    np.testing.assert_array_equal(tensor[1, 2].permute(1, 2, 0).numpy(), changed[2])
