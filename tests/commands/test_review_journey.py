"""From a wrong alert to a better network, as a person goes: watch, review, prepare, train."""

import json

import numpy as np
import pytest

from kineograph.data.dataset_folder import DataFolder
from kineograph.live.journal.verify import verify
from tests.live.alerts_kept import keep_alerts
from tests.live.drawn_camera import code

TINY = [
    "--set=data.size_pixels=16,16", "--set=data.frames_per_clip=4", "--set=model.filters=4,4",
    "--set=model.pools=4,2", "--set=training.epochs=2", "--no-baselines", "--allow-leakage",
]  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keep_alerts(tmp_path / "evidence")
    return tmp_path


def draw_lamps(home):
    """The data set that the network was trained on, let us say: six clips of each class."""
    rng = np.random.default_rng(0)
    for label, light in (("dark", 20), ("bright", 200)):
        (home / "clips" / label).mkdir(parents=True)
        for number in range(6):
            pictures = [
                (light + rng.integers(0, 40, (48, 64, 3))).astype(np.uint8) for _ in range(10)
            ]
            code(home / "clips" / label / f"{number}.mp4", pictures, rate=5)


def test_a_wrong_alert_is_reviewed_prepared_and_learned_from(home, run):
    status, text, _ = run("review", "evidence", "--list")
    assert status == 0 and "2 alerts, 2 not reviewed" in text
    for name, verdict in (("-a-", "right"), ("-b-", "wrong")):
        status, text, found = run("review", "evidence", "--mark", name, verdict, "--json")
        assert status == 0 and "1 mark was signed" in text
    assert found["all"]["precision"] == 0.5 and len(found["precision"]) == 2
    assert verify(home / "evidence").is_whole

    draw_lamps(home)
    assert run("prepare", "folder", "clips", "data/lamps")[0] == 0
    words = ("--none-label", "dark", "--with", "data/lamps", "--json")
    status, text, found = run("prepare", "reviewed", "evidence", "data/reviewed", *words)
    assert status == 0 and found["classes"] == {"bright": 7, "dark": 7}
    assert "1 of them were wrong (hard negatives)" in text
    folder = DataFolder(home / "data" / "reviewed")
    (hard,) = [a for a in folder.annotations if a.label == "dark" and a.group]
    assert hard.group.startswith("b ")
    status, text, found = run(
        "train", "lrcn-kth", "data/reviewed", *TINY, "--name", "better", "--json"
    )
    assert status == 0, text
    about = json.loads((home / "runs" / "better" / "environment.json").read_text())
    assert sum(about["data"]["n"].values()) == 14


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("review", "nowhere", "--list"), r"has no journal.jsonl that can be read"),
        (("review", "evidence", "--mark", "-a-", "wrnog"), "Did you mean 'wrong'"),
        (("review", "evidence", "--mark", "zebra", "wrong"), "no alert has this"),
        (("prepare", "reviewed", "evidence", "out"), "no alert was reviewed there"),
        (("prepare", "folder", "evidence", "evidence", "out"), "is made from one source"),
        (("prepare", "folder", "evidence", "out", "--with", "x"), "--with: folder does not use it"),
        (("record",), "from which camera?"),
        (("record", "evidence", "--for", "soon"), "--for soon: is no number with a unit"),
    ],
)
def test_what_cannot_be_meant_is_one_line(home, run, words, said):
    status, text, _ = run(*words)
    assert status == 2 and said in text and text.count("\n") <= 2


def test_record_collects_what_prepare_csv_reads(home, run):
    draw_lamps(home)
    for label in ("dark", "bright"):
        clips = sorted((home / "clips" / label).iterdir())[:2]
        status, text, found = run(
            "record", *clips, "--out", "rec", "--all", "--label", label, "--least-free", "0",
            "--json",
        )  # fmt: skip
        assert status == 0 and found["pieces"] == 2 and found["label"] == label, text
    status, _, found = run("prepare", "csv", "rec/clips.csv", "data/rec", "--json")
    assert status == 0 and found["classes"] == {"bright": 2, "dark": 2}


def test_a_camera_of_which_nothing_came_is_named_and_the_status_says_so(home, run):
    draw_lamps(home)
    (home / "broken.mp4").write_bytes(b"no video")
    clip = home / "clips" / "dark" / "0.mp4"
    status, text, found = run(
        "record", "broken.mp4", clip, "--out", "rec", "--least-free", "0", "--json"
    )
    assert status == 1 and "broken: nothing was recorded." in text
    assert found["by_camera"] == {"broken": 0, "0": 1}
