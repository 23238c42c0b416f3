"""From frames to windows to segments: nothing is lost, overlaps average, neighbours join."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.media import BrokenClipError, Frame, read_shown
from kineograph.predict.engine import torch_engine
from kineograph.predict.sliding import windows
from kineograph.predict.timeline import merge

PIXELS = np.zeros((1, 1, 3), np.uint8)


def frames_at(seconds: list[float]) -> list[Frame]:
    return [Frame(PIXELS, second, index) for index, second in enumerate(seconds)]


times = st.lists(st.floats(0.01, 0.5), min_size=1, max_size=80).map(
    lambda gaps: [round(float(t), 4) for t in np.cumsum(gaps) - gaps[0]]
)


@given(times, st.floats(0.3, 4.0), st.floats(0.1, 1.0))
def test_every_frame_is_in_a_window_and_none_is_longer_than_asked(seconds, window, share):
    found = list(windows(iter(frames_at(seconds)), window, window * share))
    assert {f.index for w in found for f in w} == set(range(len(seconds)))
    for each in found:
        indices = [f.index for f in each]
        assert indices == list(range(indices[0], indices[-1] + 1))
        assert each[-1].seconds - each[0].seconds <= window + 1e-9


def test_windows_by_hand():
    found = list(windows(iter(frames_at([0, 1, 2, 3, 4, 5, 6])), 4.0, 2.0))
    assert [[f.index for f in w] for w in found] == [[0, 1, 2, 3], [2, 3, 4, 5], [3, 4, 5, 6]]


def test_an_endless_window_is_the_whole_file():
    found = list(windows(iter(frames_at([0, 1, 2])), float("inf"), float("inf")))
    assert [[f.index for f in w] for w in found] == [[0, 1, 2]]


def test_only_one_window_is_held_at_a_time():
    seen = []

    def stream():
        for frame in frames_at([t / 10 for t in range(1000)]):
            seen.append(frame.index)
            yield frame

    for each in windows(stream(), 1.0, 0.5):
        assert seen[-1] - each[0].index <= 16


def test_overlapping_answers_are_averaged_and_equal_neighbours_joined():
    moments = [
        (0.0, 2.0, np.array([0.9, 0.1])),
        (1.0, 3.0, np.array([0.7, 0.3])),
        (3.0, 4.0, np.array([0.2, 0.8])),
    ]
    found = merge("x.mp4", moments, ("sit", "stand"))
    assert [(s.start_seconds, s.end_seconds, s.label) for s in found.segments] == [
        (0.0, 3.0, "sit"),
        (3.0, 4.0, "stand"),
    ]
    assert found.segments[0].probability == pytest.approx((0.9 + 0.8 + 0.7) / 3)
    assert (found.label, found.seconds) == ("sit", 4.0)
    assert found.probability == pytest.approx((0.9 + 0.8 + 0.7 + 0.2) / 4)
    assert sum(found.probabilities.values()) == pytest.approx(1.0)
    assert found.at(3.5).label == "stand" and found.at(99.0).label == "stand"


def test_time_that_no_window_saw_has_no_segment():
    moments = [(0.0, 1.0, np.array([1.0, 0.0])), (5.0, 6.0, np.array([1.0, 0.0]))]
    found = merge("x", moments, ("a", "b"))
    assert found.seconds == 6.0 and len(found.segments) == 2


def test_a_broken_file_is_answered_up_to_its_break(square_data, tmp_path):
    from kineograph.nets.models import LRCNConfig
    from kineograph.predict.timeline import predict_file
    from kineograph.recipes import RECIPES, Trained, change_all

    whole = next((square_data.source_root / "left").glob("*.mp4"))
    settings = ["data.size_pixels=24,24", "data.frames_per_clip=4"]
    recipe = change_all(RECIPES["lrcn-kth"], settings)
    model = LRCNConfig(filters=(4,), pools=(4,), units=4)
    trained = Trained(tmp_path, recipe, ("a", "b"), model.build(2, (24, 24)).eval(), 1.0)
    found = predict_file(whole, trained, torch_engine(trained.network))
    assert found.problem is None

    def breaks(path, **options):
        yield from itertools.islice(read_shown(path, **options), 5)
        raise BrokenClipError("broken after 5 frames")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kineograph.data.looking.read_shown", breaks)
        found = predict_file(whole, trained, torch_engine(trained.network))
    assert found.problem == "broken after 5 frames" and found.seconds == pytest.approx(0.2)
