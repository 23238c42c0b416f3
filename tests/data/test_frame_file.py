import tracemalloc

import numpy as np
import pytest

from kineograph.data.frame_file import HEADER_BYTES, CannotWriteError, FrameFile, npy_header


@pytest.mark.parametrize("frame_count", [0, 1, 999, 10**9])
def test_the_header_is_numpys_and_always_as_long(tmp_path, frame_count):
    """Truth: NumPy's own reader of headers."""
    shape = (frame_count, 60, 80, 3)
    (tmp_path / "a.npy").write_bytes(npy_header(shape))
    with (tmp_path / "a.npy").open("rb") as file:
        assert np.lib.format.read_magic(file) == (1, 0)
        assert np.lib.format.read_array_header_1_0(file) == (shape, False, np.uint8)
        assert file.tell() == HEADER_BYTES


def test_frames_come_back_as_they_were_put_in(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (5, 6, 7, 3), dtype=np.uint8)
    file = FrameFile(tmp_path / "a.npy", (6, 7))
    for t, frame in enumerate(frames):
        file.add(frame if t % 2 else np.asfortranarray(frame), t / 25)
        assert not (tmp_path / "a.npy").exists()
    file.finish()
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy", mmap_mode="r"), frames)
    assert file.seconds == [0.0, 0.04, 0.08, 0.12, 0.16]
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]


def test_what_is_discarded_leaves_nothing(tmp_path):
    file = FrameFile(tmp_path / "a.npy", (6, 7))
    file.add(np.zeros((6, 7, 3), np.uint8), 0.0)
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_long_video_is_not_held_in_memory(tmp_path):
    file = FrameFile(tmp_path / "a.npy", (100, 100))
    frame = np.zeros((100, 100, 3), np.uint8)
    tracemalloc.start()
    for t in range(1000):
        file.add(frame, t / 25)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    file.finish()
    assert peak_bytes < 1_000_000 < (tmp_path / "a.npy").stat().st_size


def test_a_frame_of_another_size_is_a_mistake_of_ours(tmp_path):
    file = FrameFile(tmp_path / "a.npy", (6, 7))
    with pytest.raises(ValueError, match=r"frame \(7, 6, 3\) uint8 is not uint8 \(6, 7\)"):
        file.add(np.zeros((7, 6, 3), np.uint8), 0.0)
    file.discard()


def test_a_place_that_cannot_be_written_is_told_from_a_video_that_cannot_be_read(tmp_path):
    with pytest.raises(CannotWriteError, match="No such file or directory"):
        FrameFile(tmp_path / "none" / "a.npy", (6, 7))
