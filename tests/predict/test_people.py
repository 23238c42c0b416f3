"""Timelines of people: the same answers as evaluation's, every second, in one pass of the video."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from kineograph.data import looking
from kineograph.data.annotation import Annotation, write_annotations
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.data.prepare import PREPARE
from kineograph.data.toy.lecture import LectureConfig, write_lecture
from kineograph.data.windows import Seat, read_windows
from kineograph.errors import InputError
from kineograph.evaluation.evaluate import evaluate
from kineograph.media import Box, read_frames
from kineograph.media.write import write_video
from kineograph.metrics.shares import Corrected
from kineograph.predict.answer import PersonTimeline, Second
from kineograph.predict.engine import Engine, torch_engine
from kineograph.predict.people import Watched, predict_people, seats_of
from kineograph.predict.people_picture import draw_people
from kineograph.predict.shares import KnownErrors, Share, label_in_question, shares_of
from kineograph.predict.write_people import (
    as_object,
    write_people_json,
    write_people_srt,
    write_people_video,
    write_seconds_csv,
)
from kineograph.recipes import RECIPES, Trained, change_all

CPU = torch.device("cpu")
CLASSES = ("not writing", "writing")


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    home = tmp_path_factory.mktemp("lecture")
    config = LectureConfig(
        people=2,
        people_per_recording=2,
        seconds=5,
        size_pixels=(180, 320),
        frames_per_second=10,
        depth=True,
    )
    write_lecture(home / "drawn", config, workers=1)
    marks = [  # both labels in all seconds, whatever was drawn
        Annotation(
            video="lecture1.mp4",
            person=person,
            window=tuple(seat.at.window),
            label=CLASSES[second % 2],
            start_seconds=second,
            end_seconds=second + 1,
        )
        for (_, person), seat in read_windows(home / "drawn" / "windows.jsonl").items()
        for second in range(5)
    ]
    write_annotations(home / "drawn" / "annotations.jsonl", marks)
    return home / "drawn", PREPARE["lecture"](home / "drawn", home / "data", size="16").data_folder


def trained_as(name, lecture, folder, changes=()):
    recipe = change_all(RECIPES[name], ["data.size_pixels=16,16", "model.filters=4,4,4", *changes])
    torch.manual_seed(0)
    network = recipe.model.build(2, recipe.data.size_pixels, recipe.data.inputs).eval()
    return Trained(folder, recipe, tuple(lecture.classes), network, 1.0)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("writing-gru", ()),
        ("writing-gru-small", ()),
        ("writing-frame", ()),
        ("writing-median", ()),
        ("writing-gru", ("data.inputs=rgb,difference",)),
        ("writing-gru", ("data.inputs=rgb,depth",)),
    ],
)
def test_every_second_is_answered_as_evaluation_answers_its_sample(
    lecture, tmp_path, name, changes
):
    home, data = lecture
    trained = trained_as(name, data, tmp_path, changes)
    config = trained.recipe.data
    cache, _ = build_cache(
        data,
        data.annotations,
        size_pixels=config.size_pixels,
        frames_per_second=config.frames_per_second,
        inputs=config.inputs,
        moments=config.moments,
        workers=1,
    )
    clips = originals(data.annotations)
    side = ClipDataset(clips, data.classes, cache=cache, config=config, training=False)
    expected = {
        (each.person, int(each.start_seconds)): np.mean(each.probabilities["writing"])
        for each in evaluate(
            trained.network, trained.recipe.task, side,
            split="test", batch=3, device=CPU, progress=lambda *_: None,
        )
    }  # fmt: skip
    seats = list(read_windows(home / "windows.jsonl").values())
    found = predict_people(home / "lecture1.mp4", seats, trained, torch_engine(trained.network))
    assert len(expected) == 10 and found.left_out == {} and found.problem is None
    for person in found.people:
        assert [each.second for each in person.seconds] == [0, 1, 2, 3, 4]
        for each in person.seconds:
            answer = expected[person.person, each.second]
            # what moves at a second's first frame is told by the frame before, in both
            assert each.probabilities["writing"] == pytest.approx(answer, abs=2e-5)


def bright(inputs, lengths=None):
    """A network that says writing where the picture is bright."""
    light = inputs.float().mean((2, 3, 4)) / 255
    return torch.stack([10 * (0.5 - light), 10 * (light - 0.5)], -1)


BRIGHT = Engine("bright", bright, torch.device("cpu"))


@pytest.fixture
def blinking(tmp_path):
    """7.3 seconds at 25 a second; the left half is bright in seconds 1 and 4, the right in 2."""
    frames = np.zeros((182, 48, 64, 3), np.uint8)
    for second in (1, 4):
        frames[25 * second : 25 * second + 25, :, :32] = 255
    frames[50:75, :, 32:] = 255
    path = tmp_path / "hall.mp4"
    write_video(path, frames, 25)
    return path


def seat(person, window, video="hall.mp4"):
    return Seat(Annotation(video=video, person=person, window=window, label="window"))


SEATS = [seat("anna", (0, 0, 32, 32)), seat("ben", (34, 8, 30, 30))]


@pytest.fixture
def asked(tmp_path, lecture):
    return replace(trained_as("writing-gru", lecture[1], tmp_path), classes=CLASSES)


def test_labels_by_hand_and_the_torn_last_second_is_not_answered(blinking, asked):
    told = []
    found = predict_people(blinking, SEATS, asked, BRIGHT, progress=lambda *now: told.append(now))
    labels = {p.person: [CLASSES.index(s.label) for s in p.seconds] for p in found.people}
    assert labels == {"anna": [0, 1, 0, 0, 1, 0, 0], "ben": [0, 0, 1, 0, 0, 0, 0]}
    anna = found.people[0]
    spans = [(s.start_seconds, s.end_seconds, s.label) for s in anna.segments]
    assert spans[:3] == [(0, 1, "not writing"), (1, 2, "writing"), (2, 4, "not writing")]
    assert anna.share("writing") == pytest.approx(2 / 7)
    assert anna.at(4.99).label == "writing" and anna.at(7.1) is None
    assert told[-1][0] == told[-1][1] == 7 and told == sorted(told)


def test_a_stretch_longer_than_a_second_gives_a_second_the_mean_of_those_over_it(blinking, asked):
    found = predict_people(blinking, SEATS[:1], replace(asked, clip_seconds=2.0), BRIGHT)
    dark, light = (float(torch.tensor([5.0, -5.0]).softmax(0)[k]) for k in (1, 0))
    # the last frame answers for its stretch: writing-gru's task
    second = {s.second: s.probabilities["writing"] for s in found.people[0].seconds}
    # stretches end at 2, 3, …: the one over 0-2 sees light last, the one over 1-3 dark last
    assert second[1] == pytest.approx((light + dark) / 2, abs=0.02)
    assert second[0] == pytest.approx(light, abs=0.02)
    assert second[2] == pytest.approx(dark, abs=0.02)


def test_only_a_stretch_is_held_at_a_time(blinking, asked, monkeypatch):
    alive, most = set(), 0
    plain = looking.Laid

    class Counted(plain):
        def __new__(cls, *told):
            nonlocal most
            made = super().__new__(cls, *told)
            alive.add(id(made))
            most = max(most, len(alive))
            return made

        def __del__(self):
            alive.discard(id(self))

    monkeypatch.setattr(looking, "Laid", Counted)
    predict_people(blinking, SEATS, asked, BRIGHT)
    assert 10 <= most <= 25, "73 moments, ten a stretch: the stretch, the next one, and one at hand"


def test_a_window_outside_is_one_line_and_the_others_go_on(blinking, asked):
    far = seat("carl", (40, 20, 30, 30))
    found = predict_people(blinking, [*SEATS, far], asked, BRIGHT)
    assert [p.person for p in found.people] == ["anna", "ben"]
    assert found.left_out["carl"] == (
        "hall.mp4: the window [40, 20, 30, 30] of carl reaches out of the picture of 64x48 pixels. "
        "Draw it again."
    )
    with pytest.raises(InputError, match="carl reaches out of the picture"):
        predict_people(blinking, [far], asked, BRIGHT)


def test_a_broken_video_is_answered_up_to_its_break(blinking, asked, tmp_path):
    whole = tmp_path / "hall.mkv"
    write = read_frames(blinking)
    frames = np.stack([frame.pixels for frame in write])
    noise = np.random.default_rng(0).integers(0, 60, frames.shape, dtype=np.uint8)
    mp4 = tmp_path / "noisy.mp4"
    write_video(mp4, np.maximum(frames, noise), 25)
    import av

    with av.open(str(mp4)) as source, av.open(str(whole), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    data = whole.read_bytes()
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(data[: len(data) * 6 // 10])
    found = predict_people(torn, SEATS, asked, BRIGHT)
    assert found.problem and "torn.mkv" in found.problem
    assert 2 <= len(found.people[0].seconds) <= 5


def test_windows_of_a_file_are_found_by_its_name(tmp_path):
    seats = [*SEATS, seat("dora", (0, 0, 9, 9), "room/week2.mp4")]
    assert seats_of(tmp_path / "week2.mp4", seats, "w.jsonl") == seats[2:], "elsewhere, no doubt"
    twins = [*seats, seat("ed", (0, 0, 9, 9), "hall/week2.mp4")]
    assert seats_of(tmp_path / "hall" / "week2.mp4", twins, "w.jsonl") == twins[3:]
    assert seats_of(tmp_path / "room" / "week2.mp4", twins, "w.jsonl") == twins[2:3]
    with pytest.raises(InputError, match="has no window in it, only in hall.mp4, hall/week2.mp4"):
        seats_of(tmp_path / "week2.mp4", twins, "w.jsonl")
    with pytest.raises(InputError) as told:
        seats_of(tmp_path / "week3.mp4", seats, "w.jsonl")
    assert str(told.value) == (
        "week3.mp4: w.jsonl has no window in it, only in hall.mp4, room/week2.mp4. Draw some with "
        "kineograph annotate, or copy the lines of a camera that has not moved."
    )


# ------------------------------------------------------------------------------------ written


def line(person, labels, window=(0, 0, 32, 32)):
    seconds = tuple(
        Second(n, CLASSES[k], 0.75, {CLASSES[k]: 0.75, CLASSES[1 - k]: 0.25})
        for n, k in enumerate(labels)
        if k is not None
    )
    return PersonTimeline("hall.mp4", person, Box(*window), seconds)


@pytest.fixture
def watched():
    people = (line("anna", [0, 1, 1, None, 1]), line("b, en", [0, 0, 1, None, 0], (34, 8, 30, 30)))
    return Watched("hall.mp4", people, 5.0, {})


SHARES = {
    "anna": [Share("writing", 0.75, Corrected(0.7, 0.6, 0.9))],
    "b, en": [Share("writing", 0.25, None)],
}


def test_csv_has_a_row_a_person_and_second(watched, tmp_path):
    write_seconds_csv(tmp_path / "new" / "seconds.csv", [watched])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "new" / "seconds.csv").read_text())))
    assert len(rows) == 8 and rows[4]["person"] == "b, en"
    assert rows[1] == {
        "video": "hall.mp4", "person": "anna", "second": "1",
        "label": "writing", "probability": "0.7500",
    }  # fmt: skip


def test_json_holds_everything(watched, tmp_path):
    write_people_json(tmp_path / "people.json", [watched], [SHARES])
    (found,) = json.loads((tmp_path / "people.json").read_text())
    assert found == json.loads(json.dumps(as_object(watched, SHARES)))
    assert found["people"][0]["shares"][0]["corrected"] == {"share": 0.7, "low": 0.6, "high": 0.9}
    assert [s["second"] for s in found["people"][1]["seconds"]] == [0, 1, 2, 4]


def test_subtitles_change_when_anyone_does_and_are_silent_where_nobody_was_seen(watched, tmp_path):
    write_people_srt(tmp_path / "hall.srt", watched)
    blocks = (tmp_path / "hall.srt").read_text().split("\n\n")
    assert blocks[0] == "1\n00:00:00,000 --> 00:00:01,000\nanna: not writing\nb, en: not writing"
    times = [block.splitlines()[1] for block in blocks]
    assert times == [
        "00:00:00,000 --> 00:00:01,000",
        "00:00:01,000 --> 00:00:02,000",
        "00:00:02,000 --> 00:00:03,000",
        "00:00:04,000 --> 00:00:05,000",
    ]


def test_the_picture_has_a_band_a_label(watched):
    pixels = np.array(Image.open(io.BytesIO(draw_people(watched, CLASSES, SHARES))).convert("RGB"))
    blue = (pixels == (86, 180, 233)).all(-1)
    grey = (pixels == (170, 178, 188)).all(-1)
    rows = pixels.shape[0] // 2
    assert blue[:rows].sum() > 2 * blue[rows:].sum() - 400 > 0  # three of anna's, one of b, en's
    assert grey[rows:].sum() > 1.5 * grey[:rows].sum() > 0


@pytest.mark.parametrize("blur", [False, True])
def test_the_labelled_video_has_every_frame_and_blurs_heads_if_asked(
    blinking, watched, tmp_path, blur
):
    video = replace(watched, path=str(blinking))
    write_people_video(tmp_path / "out" / "said.mp4", video, CLASSES, blur=blur)
    frames = list(read_frames(tmp_path / "out" / "said.mp4"))
    assert len(frames) == 182


def test_shares_are_of_the_label_in_question():
    assert label_in_question(("not writing", "writing")) == "writing"
    assert label_in_question(("sit", "stand")) is None
    assert label_in_question(("not a", "b", "c")) is None
    two = shares_of(line("anna", [0, 1, 1, 1]), CLASSES, KnownErrors([]))
    assert [(s.label, s.share, s.corrected) for s in two] == [("writing", 0.75, None)]
    assert len(shares_of(line("anna", [0]), ("sit", "stand"), KnownErrors([]))) == 2
