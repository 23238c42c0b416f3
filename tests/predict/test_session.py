"""A session says of every window what the network says of it as a clip, however frames come."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.batch import Batch
from kineograph.data.inputs import Laid
from kineograph.data.sampling import even
from kineograph.export.onnx import export
from kineograph.export.run import OnnxFile
from kineograph.predict.engine import Engine, OnnxSteps, torch_engine
from kineograph.predict.session import Session
from kineograph.recipes import RECIPES, Trained, change_all

CLASSES = ("sit", "stand", "wave")
SECONDS = [round(0.04 * t, 6) for t in range(120)]
WINDOW, HOP, COUNT = 1.6, 0.8, 8


def trained_as(recipe: str, *sets: str, folder: Path = Path("none")) -> Trained:
    """A network of small numbers with weights by chance."""
    own = ["data.size_pixels=16,16", f"data.frames_per_clip={COUNT}", *sets]
    made = change_all(RECIPES[recipe], own)
    torch.manual_seed(0)
    data = made.data
    network = made.model.build(len(CLASSES), data.size_pixels, data.inputs).eval()
    return Trained(folder, made, CLASSES, network, WINDOW)


LRCN = ["data.inputs=rgb", "model.filters=4,8", "model.pools=4,2", "model.units=6"]


@pytest.fixture(scope="module")
def steps():
    """An LRCN whose answer is a mean of all of its steps, later ones weighing more."""
    return trained_as("lrcn", *LRCN)


@pytest.fixture(scope="module")
def looks_ahead():
    """The same in both directions: it cannot step."""
    return trained_as("lrcn", *LRCN, "model.both_directions=true")


def pictures(seed: int = 0, seconds: list[float] = SECONDS) -> list[Laid]:
    rng = np.random.default_rng(seed)
    return [Laid(rng.integers(0, 256, (16, 16, 3), np.uint8), moment) for moment in seconds]


def as_clip(trained: Trained, pixels: list[np.ndarray]) -> np.ndarray:
    """What evaluation says of these frames."""
    clip = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)[None]
    batch = Batch(clip, torch.tensor([len(pixels)]), torch.zeros(1, dtype=torch.long), [""])
    return trained.recipe.task.answer(trained.network, batch)[0]


def watched(session: Session, frames: list[Laid], every: int = 1) -> list:
    found = []
    for place, frame in enumerate(frames, 1):
        session.see("door", frame)
        if place % every == 0:
            found += session.answers()
    return found + session.end("door")


def as_sampled(frames: list[Laid], start: float) -> list[np.ndarray]:
    """The frames that evaluation would choose of a window, were it a clip."""
    inside = [f for f in frames if start - 1e-6 <= f.seconds < start + WINDOW - 1e-6]
    chosen = even(np.array([f.seconds for f in inside]), COUNT)
    return [inside[index].pixels for index in chosen]


def test_the_last_word_about_a_window_is_what_the_clip_is_called(steps):
    frames = pictures()
    session = Session(steps, torch_engine(steps.network))
    words = [each for each in watched(session, frames) if each.last_word]
    assert [round(each.start_seconds, 6) for each in words] == [0.0, 0.8, 1.6, 2.4, 3.2]
    for each in words[:-1]:
        expected = as_clip(steps, as_sampled(frames, each.start_seconds))
        np.testing.assert_allclose(each.probabilities, expected, atol=1e-5)
        assert each.end_seconds == pytest.approx(each.start_seconds + WINDOW)
    torn = words[-1]  # the video ends before its window
    assert torn.end_seconds == pytest.approx(4.8)


def test_between_last_words_the_oldest_window_says_what_it_thinks_by_now(steps):
    frames = pictures()
    found = watched(Session(steps, torch_engine(steps.network)), frames)
    seen = [each.seen_seconds for each in found]
    assert all(before < after for before, after in zip(seen, seen[1:], strict=False))
    beginning = [each for each in found if each.end_seconds <= WINDOW + 1e-9]
    assert [each.last_word for each in beginning] == [False] * 3 + [True]
    for each in beginning[:-1]:
        middles = [(k + 0.5) * (WINDOW - 0.04) / COUNT for k in range(COUNT)]
        count = sum(middle <= each.end_seconds + 1e-6 for middle in middles)
        expected = as_clip(steps, as_sampled(frames, 0.0)[:count])
        np.testing.assert_allclose(each.probabilities, expected, atol=1e-5)
        assert count > COUNT / 2


@pytest.mark.parametrize("kind", ["steps", "looks_ahead"])
@settings(max_examples=15, deadline=None)
@given(every=st.integers(1, 150), seed=st.integers(0, 3))
def test_when_it_is_asked_changes_nothing(kind, every, seed, request):
    trained = request.getfixturevalue(kind)
    frames = pictures(seed)
    engine = torch_engine(trained.network)
    one_by_one = watched(Session(trained, engine), frames)
    in_heaps = watched(Session(trained, engine), frames, every)
    key = [(e.start_seconds, e.end_seconds, e.last_word) for e in one_by_one]
    again = sorted(in_heaps, key=lambda e: (e.end_seconds, e.start_seconds))
    assert key == [(e.start_seconds, e.end_seconds, e.last_word) for e in again]
    for one, other in zip(one_by_one, again, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


@pytest.mark.parametrize("kind", ["steps", "looks_ahead"])
def test_many_cameras_together_are_answered_as_each_alone(kind, request):
    trained = request.getfixturevalue(kind)
    engine = torch_engine(trained.network)
    together = Session(trained, engine)
    streams = {seat: pictures(seat, SECONDS[seat:]) for seat in range(3)}
    found: dict[int, list] = {seat: [] for seat in streams}
    for place in range(len(SECONDS)):
        for seat, frames in streams.items():
            if place < len(frames):
                together.see(seat, frames[place])
        for each in together.answers():
            found[each.seat].append(each)
    for seat, frames in streams.items():
        found[seat] += together.end(seat)
        alone = watched(Session(trained, engine), frames)
        assert len(found[seat]) == len(alone) > 5 - 2 * (kind == "looks_ahead")
        for one, other in zip(found[seat], alone, strict=True):
            assert one.end_seconds == other.end_seconds
            np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


@pytest.mark.parametrize("kind", ["steps", "looks_ahead"])
@pytest.mark.parametrize("every", [1, 1000])
def test_a_gap_forgets(kind, every, request):
    """Both sides of it are answered as if the other were not there, whenever it is asked."""
    trained = request.getfixturevalue(kind)
    engine, frames = torch_engine(trained.network), pictures()
    before, after = frames[:60], [Laid(frame.pixels, frame.seconds + 60) for frame in frames]
    session, found = Session(trained, engine), []
    for stretch, side in enumerate((before, after)):
        for place, frame in enumerate(side):
            session.see("door", frame, stretch=stretch)
            found += session.answers() if place % every == 0 else []
    found += session.answers()
    alone = []
    for side in (before, after):
        one = Session(trained, engine)
        for frame in side:
            one.see("door", frame)
        alone += one.answers()
    assert [e.end_seconds for e in found] == [e.end_seconds for e in alone]
    assert min(e.end_seconds for e in found) < 60 < max(e.end_seconds for e in found)
    for one, other in zip(found, alone, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


def test_each_frame_is_encoded_once_and_windows_are_read_as_clips(looks_ahead):
    network = looks_ahead.network
    encoded = 0

    def encode(frames):
        nonlocal encoded
        encoded += len(frames)
        return network.encode(frames)

    engine = Engine("torch", network, torch.device("cpu"), encode, network.read)
    frames = pictures()
    found = watched(Session(looks_ahead, engine, hop_seconds=0.4), frames)
    whole = Engine("torch", network, torch.device("cpu"))
    expected = watched(Session(looks_ahead, whole, hop_seconds=0.4), frames)
    assert len(found) == len(expected) == 9
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
    assert encoded <= len(frames) < COUNT * len(found) * 2


def test_onnx_steps_say_what_torch_steps_say(tmp_path):
    trained = trained_as("lrcn", *LRCN, folder=tmp_path)
    export(trained, tmp_path)
    engine = torch_engine(trained.network)
    steps = OnnxSteps(OnnxFile(tmp_path / "step.onnx"))
    exported = Engine("onnxruntime", engine.whole, engine.device, steps=steps)
    ours = watched(Session(trained, engine), pictures())
    theirs = watched(Session(trained, exported), pictures())
    assert len(ours) == len(theirs) > 10
    for one, other in zip(ours, theirs, strict=True):
        assert (one.end_seconds, one.last_word) == (other.end_seconds, other.last_word)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-4)


def test_a_video_that_ends_before_the_first_moment_is_still_answered(steps):
    session = Session(steps, torch_engine(steps.network))
    (only,) = watched(session, pictures()[:1])
    expected = as_clip(steps, [pictures()[0].pixels])
    np.testing.assert_allclose(only.probabilities, expected, atol=1e-5)
    assert (only.start_seconds, only.end_seconds) == (0.0, pytest.approx(0.04))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 1.5), min_size=1, max_size=60))
def test_last_words_cover_all_of_a_video_whatever_its_times(gaps):
    seconds = [round(float(t), 4) for t in np.cumsum(gaps) - gaps[0]]
    trained = trained_as("lrcn", *LRCN)
    words = watched(Session(trained, torch_engine(trained.network)), pictures(0, seconds))
    spans = sorted((e.start_seconds, e.end_seconds) for e in words if e.last_word)
    assert spans[0][0] == 0.0 and spans[-1][1] >= seconds[-1]
    for before, after in zip(spans, spans[1:], strict=False):
        assert after[0] <= before[1] + 1e-6, "nobody spoke of what lies between"


def test_steps_go_on_one_thread_and_leave_the_others_to_whoever_had_them(steps, monkeypatch):
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        step = steps.network.step
        watched_step = lambda *given: seen.append(torch.get_num_threads()) or step(*given)  # noqa: E731
        monkeypatch.setattr(steps.network, "step", watched_step)
        watched(Session(steps, torch_engine(steps.network)), pictures()[:20])
        assert set(seen) == {1} and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
