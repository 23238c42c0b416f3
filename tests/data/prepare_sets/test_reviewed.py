"""Reviewed alerts become a data set: labels, times, groups, what stays after retention, joining."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.prepare.reviewed import LEAD_SECONDS, prepare_reviewed
from kineograph.data.reviews import REVIEWS, Review
from kineograph.data.split import assign_splits
from kineograph.errors import InputError
from kineograph.media.frame import Box
from tests.live.drawn_camera import code

# camera, day, label, verdict, its true label
ALERTS = (
    ("hall", "2026-02-14", "fight", "right", None),
    ("hall", "2026-02-14", "fight", "wrong", None),
    ("hall", "2026-02-15", "fight", "wrong", "dancing"),
    ("yard", "2026-02-15", "fight", "unsure", None),
)


def keep(home: Path, number: int, camera: str, day: str, label: str, **more) -> Path:
    """An event's folder as watch writes it: a clip of 6 s that begins at 98 s of the camera."""
    folder = home / camera / day / f"18301{number}-{label}"
    folder.mkdir(parents=True)
    pictures = [np.full((32, 32, 3), 25 * number + n, np.uint8) for n in range(30)]
    code(folder / "clip.mkv", pictures, rate=5)
    said = {
        "event": {
            "id": f"event-{number}", "camera": camera, "window": "whole", "label": label,
            "start_seconds": 101.0, "end_seconds": 102.5, "peak": 0.9, "peak_seconds": 101.5,
            "start_time": f"{day}T18:30:1{number}+00:00",
        },
        "clip": {"file": "clip.mkv", "start_seconds": 98.0, "end_seconds": 104.0},
        "network": "fights", "window_pixels": None,
    } | more  # fmt: skip
    (folder / "event.json").write_text(json.dumps(said))
    return folder


def say(home: Path, folder: Path, number: int, verdict: str, label: str | None) -> None:
    where = folder.relative_to(home).as_posix()
    review = Review(f"event-{number}", where, verdict, label, "2026-02-16T08:00:00+00:00")
    with (home / REVIEWS).open("a") as file:
        file.write(json.dumps(review.fields()) + "\n")


@pytest.fixture
def evidence(tmp_path) -> Path:
    home = tmp_path / "evidence"
    for number, (camera, day, label, verdict, truly) in enumerate(ALERTS):
        say(home, keep(home, number, camera, day, label), number, verdict, truly)
    return home


def manifest(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((out / "manifest.csv").read_text().splitlines()))


def joined_data(home: Path, *, split: bool = False) -> Path:
    """Two classes of two clips, and a mirrored copy."""
    clips = home / "clips"
    clips.mkdir(parents=True)
    found = []
    for number, label in enumerate(("fight", "no_fight") * 2):
        pictures = [np.full((32, 32, 3), 10 * number + n, np.uint8) for n in range(10)]
        code(clips / f"{number}.mp4", pictures, rate=5)
        side = ("train", "train", "test", "test")[number] if split else None
        found.append(Annotation(f"{number}.mp4", label, group=f"g{number}", split=side))
    plain = found[0]
    found.append(Annotation("0.mp4", "fight", group="g0", split=plain.split, copy_of=plain.id,
                            mirrored=True))  # fmt: skip
    write_data_folder(home / "data", found, name="joined", source_root=clips)
    return home / "data"


def test_right_ones_keep_their_label_and_wrong_ones_are_hard_negatives(evidence, tmp_path):
    done = prepare_reviewed(evidence, tmp_path / "out", none_label="no_fight")
    assert done.counts == {"dancing": 1, "fight": 1, "no_fight": 1} and not done.problems
    found = {each.label: each for each in done.data_folder.annotations}
    assert {each.group for each in found.values()} == {"hall 2026-02-14", "hall 2026-02-15"}
    assert all(each.group == each.source for each in found.values())
    fight = found["fight"]
    assert (fight.start_seconds, fight.end_seconds) == (3.0 - LEAD_SECONDS, 4.5)
    rows = manifest(tmp_path / "out")
    assert {row["id"] for row in rows} == {each.id for each in found.values()}
    assert {row["label"]: row["hard_negative"] for row in rows} == {
        "fight": "0", "no_fight": "1", "dancing": "1",
    }  # fmt: skip
    assert {row["alert_label"] for row in rows} == {"fight"}
    assert "3 clips are alerts" in done.data_folder.notes and "2 of them" in done.data_folder.notes
    assert "1 alerts that nobody was sure of" in done.data_folder.notes


def test_a_day_of_a_camera_stays_on_one_side(evidence, tmp_path):
    for number in range(4, 9):
        folder = keep(evidence, number, "gate", f"2026-03-0{number}", "fight")
        say(evidence, folder, number, "wrong" if number % 2 else "right", None)
    annotations = prepare_reviewed(evidence, tmp_path / "out").data_folder.annotations
    sides = assign_splits(annotations, seed=0).sides
    day = {side for side, own in sides.items() for each in own if each.group == "hall 2026-02-14"}
    assert len(day) == 1


def test_what_was_prepared_once_stays_when_retention_takes_the_evidence(evidence, tmp_path):
    out = tmp_path / "out"
    before = prepare_reviewed(evidence, out).data_folder.annotations
    shutil.rmtree(evidence / "hall")
    again = prepare_reviewed(evidence, out)
    assert again.data_folder.annotations == before and not again.problems
    with pytest.raises(InputError, match="its evidence was removed before it was copied"):
        prepare_reviewed(evidence, tmp_path / "other")


def test_the_window_that_was_watched_is_what_is_learned_from(evidence, tmp_path):
    folder = keep(evidence, 7, "yard", "2026-02-16", "fight", window_pixels=[4, 6, 20, 22])
    say(evidence, folder, 7, "right", None)
    done = prepare_reviewed(evidence, tmp_path / "out")
    windows = [each.window for each in done.data_folder.annotations if "event-7" in each.video]
    assert windows == [Box(4, 6, 20, 22)]


def test_an_alert_without_a_clip_and_one_that_cannot_be_read_are_named(evidence, tmp_path):
    bare = keep(evidence, 5, "gate", "2026-02-16", "fight", clip=None)
    torn = keep(evidence, 6, "gate", "2026-02-17", "fight")
    (torn / "event.json").write_text("{")
    away = {"file": "../../journal.key", "start_seconds": 0, "end_seconds": 1}
    out = keep(evidence, 7, "gate", "2026-02-18", "fight", clip=away)
    thin = keep(evidence, 8, "gate", "2026-02-19", "fight", event={"label": "fight"})
    for number, folder in ((5, bare), (6, torn), (7, out), (8, thin)):
        say(evidence, folder, number, "wrong", None)
    done = prepare_reviewed(evidence, tmp_path / "out")
    assert sum(done.counts.values()) == 3
    words = ("no clip was kept of it", "event.json cannot be read", "no clip was kept of it",
             "event.json says too little")  # fmt: skip
    assert len(done.problems) == 4
    assert all(word in line for word, line in zip(words, done.problems, strict=True))


def test_it_is_joined_with_another_data_set_whose_copies_stay_copies(evidence, tmp_path):
    data = joined_data(tmp_path / "own")
    done = prepare_reviewed(evidence, tmp_path / "out", none_label="no_fight", joined=data)
    assert done.counts == {"dancing": 1, "fight": 4, "no_fight": 3} and not done.problems
    folder = done.data_folder
    assert all(folder.source(each).is_file() for each in folder.annotations)
    (copy,) = [each for each in folder.annotations if each.copy_of]
    assert copy.copy_of in {each.id for each in folder.annotations} and copy.mirrored
    assert "Joined with 5 clips of joined" in folder.notes


def test_a_data_set_with_sides_of_its_own_keeps_them_and_alerts_are_learned_from(
    evidence, tmp_path
):
    data = joined_data(tmp_path / "own", split=True)
    done = prepare_reviewed(evidence, tmp_path / "out", none_label="no_fight", joined=data)
    own = [each for each in done.data_folder.annotations if each.video.startswith("out/")]
    assert len(own) == 3 and {each.split for each in own} == {"train"}
    split = assign_splits(done.data_folder.annotations, seed=0)
    assert split.how == "given" and {each.label for each in split.test} == {"fight", "no_fight"}


def test_several_folders_of_evidence_make_one_data_set(evidence, tmp_path):
    other = tmp_path / "second"
    say(other, keep(other, 8, "gate", "2026-02-20", "fight"), 8, "right", None)
    done = prepare_reviewed([evidence, other], tmp_path / "out")
    assert done.counts["fight"] == 2
    assert {row["evidence"] for row in manifest(tmp_path / "out")} == {"evidence", "second"}


def test_what_cannot_be_meant_is_refused(evidence, tmp_path):
    data = joined_data(tmp_path / "own")
    with pytest.raises(InputError, match=r"--none-label none: .* has fight, no_fight, and wrong"):
        prepare_reviewed(evidence, tmp_path / "out", joined=data)
    with pytest.raises(InputError, match="no alert was reviewed there"):
        prepare_reviewed(tmp_path, tmp_path / "out")
    with pytest.raises(InputError, match="none_label is empty"):
        prepare_reviewed(evidence, tmp_path / "out", none_label=" ")
