import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.sampling import SHORT, all_windows, consecutive, even, jitter, part
from kineograph.errors import InputError

gaps = st.lists(st.floats(0.001, 3.0), min_size=0, max_size=60)
times = gaps.map(lambda steps: np.concatenate([[0.0], np.cumsum(steps)]) + 4.0)
counts = st.integers(1, 50)
seeds = st.integers(0, 5)


def steady(count, rate=25.0):
    return np.arange(count) / rate


def assert_a_clip(indices, frame_count, frames_per_clip):
    assert indices.shape == (frames_per_clip,)
    assert indices.dtype == np.int64
    assert indices.min() >= 0
    assert indices.max() < frame_count
    assert (np.diff(indices) >= 0).all()


@given(times, counts, seeds)
def test_chosen_frames_exist_in_order_and_in_the_asked_number(seconds, count, seed):
    assert_a_clip(even(seconds, count), len(seconds), count)
    assert_a_clip(jitter(seconds, count, np.random.default_rng(seed)), len(seconds), count)


@given(times, counts)
def test_even_takes_the_nearest_frame_to_each_centre(seconds, count):
    """Truth: all distances."""
    span = (seconds[-1] - seconds[0]) / count
    centres = seconds[0] + (np.arange(count) + 0.5) * span
    distances = np.abs(seconds[None] - centres[:, None])
    chosen = distances[np.arange(count), even(seconds, count)]
    np.testing.assert_allclose(chosen, distances.min(axis=1), atol=1e-9)


@given(st.integers(2, 60), counts, seeds)
def test_a_jittered_moment_stays_in_its_span(frame_count, count, seed):
    seconds = steady(frame_count)
    span = seconds[-1] / count
    chosen = seconds[jitter(seconds, count, np.random.default_rng(seed))]
    half_a_frame = 0.5 / 25 + 1e-9
    assert (chosen >= np.arange(count) * span - half_a_frame).all()
    assert (chosen <= (np.arange(count) + 1) * span + half_a_frame).all()


@given(st.integers(1, 200))
def test_as_many_as_there_are_is_all_of_them(frame_count):
    assert even(steady(frame_count), frame_count).tolist() == list(range(frame_count))
    assert consecutive(frame_count, frame_count, 0).tolist() == list(range(frame_count))


def test_even_on_a_hand_worked_clip():
    assert even(steady(9, rate=1.0), 4).tolist() == [1, 3, 5, 7]
    assert even(steady(11, rate=1.0), 1).tolist() == [5]


def test_even_goes_by_time_and_not_by_number():
    """Thirty frames in the first second, two after it: half of the choice is of the latter."""
    seconds = np.concatenate([np.arange(30) / 30, [1.5, 2.2]])
    assert even(seconds, 4).tolist() == [8, 25, 30, 31]


def test_jitter_differs_from_draw_to_draw_and_a_seed_repeats_it():
    seconds = steady(400)
    first, again, other = (jitter(seconds, 16, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@given(times, st.floats(0, 1), st.floats(0, 1))
def test_a_part_lies_inside_and_is_as_long_as_asked(seconds, length, place):
    inside = seconds[part(seconds, length, place)]
    assert len(inside) >= 1
    widest = np.diff(seconds, prepend=seconds[0]).max()
    asked = length * (seconds[-1] - seconds[0])
    assert abs((inside[-1] - inside[0]) - asked) <= widest + 1e-9


def test_a_part_of_the_whole_length_is_the_clip():
    assert part(steady(7), 1.0, 0.3) == slice(0, 7)


@given(st.integers(1, 200), st.integers(1, 50), st.integers(1, 50))
def test_all_windows_cover_every_frame(frame_count, frames_per_clip, stride):
    if stride > frames_per_clip or frames_per_clip > frame_count:
        return
    windows = all_windows(frame_count, frames_per_clip, stride)
    for window in windows:
        assert_a_clip(window, frame_count, frames_per_clip)
        assert (np.diff(window) == 1).all()
    assert set(np.concatenate(windows)) == set(range(frame_count))
    assert len({int(window[0]) for window in windows}) == len(windows)


def test_windows_on_a_hand_worked_clip():
    assert [window[0] for window in all_windows(10, 4, 3)] == [0, 3, 6]
    assert [window[0] for window in all_windows(11, 4, 3)] == [0, 3, 6, 7]
    assert [window.tolist() for window in all_windows(4, 4, 4)] == [[0, 1, 2, 3]]


@given(st.integers(1, 20), st.integers(1, 30))
def test_short_clips_are_filled_up_in_range(frame_count, more):
    asked = frame_count + more
    for policy in ("repeat", "wrap"):
        indices = SHORT[policy](steady(frame_count), asked, "clip.mp4")
        assert indices.shape == (asked,)
        assert indices[:frame_count].tolist() == list(range(frame_count))
        assert indices.max() == frame_count - 1


def test_short_clips_on_a_hand_worked_case():
    assert SHORT["repeat"](steady(3), 5, "clip.mp4").tolist() == [0, 1, 2, 2, 2]
    assert SHORT["wrap"](steady(3), 5, "clip.mp4").tolist() == [0, 1, 2, 0, 1]


def test_a_short_clip_is_refused_in_words():
    with pytest.raises(InputError) as caught:
        SHORT["error"](4.0 + steady(5), 16, "clip.mp4")
    assert str(caught.value) == (
        "clip.mp4: asked for 16 frames from 4.0 s, but it ends at 4.2 s (5 frames). "
        'Ask for fewer, or set short="repeat".'
    )


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: consecutive(10, 4, 7), "start 7: 4 of 10 frames can start at 0 to 6. Choose one"),
        (
            lambda: all_windows(10, 4, 5),
            "stride 5: windows of 4 frames would leave frames out. Use",
        ),
        (lambda: all_windows(3, 4, 1), "3 frames do not fill a window of 4. Ask for fewer."),
        (lambda: even(steady(3), 0), "0 of 3 frames cannot be chosen."),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words(ask, words):
    with pytest.raises(InputError) as caught:
        ask()
    assert str(caught.value).startswith(words)
