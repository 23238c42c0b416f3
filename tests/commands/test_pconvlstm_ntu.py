"""From a folder with NTU's names to the report of two streams, as a person does it."""

import json
import sys
from pathlib import Path

import pytest

from kineograph.__main__ import main
from kineograph.data.prepare.ntu_rgbd import LABEL_OF
from kineograph.data.split import PCONVLSTM_PAPER
from tests.data.drawn_ntu import FIVE, draw_ntu

TINY = (
    "data.size_pixels=24,24", "data.frames_per_clip=4", "training.epochs=2", "training.batch=8",
    *(
        f"model.{stream}.{number}"
        for stream in ("rgb", "motion")
        for number in (
            "blocks=1", "time_kernels=3", "width=4", "expansion=2", "pyramid=2", "dilations=1,2",
            "units=3", "layers=1",
        )
    ),
)  # fmt: skip
PAPER = (f"--set=data.split={PCONVLSTM_PAPER}", "--allow-leakage")


@pytest.fixture(scope="module")
def ntu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn clips of NTU's names, prepared with their flow as data/ntu5."""
    home = tmp_path_factory.mktemp("ntu")
    draw_ntu(home / "NTU")
    words = ["prepare", "ntu-rgbd", "NTU", "data/ntu5", "--option", f"classes={','.join(FIVE)}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr(sys, "argv", ["kineograph", *words, "--flow"])
        assert main() == 0
    return home / "data" / "ntu5"


def train(run, data: Path, *words: str) -> tuple[dict, str]:
    """What environment.json says of the split, and the report, after `train pconvlstm-ntu`."""
    status, said, _ = run("train", "pconvlstm-ntu", data, "--name", "five", *words)
    assert status == 0, said
    folder = Path("runs/five")
    for name in ("report.html", "streams/rgb.jsonl", "streams/flow.jsonl"):
        assert (folder / name).stat().st_size
    about = json.loads((folder / "environment.json").read_text())
    return about["data"], (folder / "report.md").read_text(encoding="utf-8")


def check_owners(data: dict, report: str) -> None:
    """Persons kept apart: tested on P003 alone, and no cell beside one of the paper's."""
    assert data["split"]["how"] == "given" and len(data["split"]["test"]) == 10
    assert all("P003" in clip for clip in data["split"]["test"])
    assert "Another protocol: theirs is dealt at random, ours is the harder test" in report
    assert "| right, of each | fused | spatial (rgb) | temporal (flow) |" in report
    assert not report.startswith("**Leakage")


def check_paper(data: dict, report: str) -> None:
    """The paper's split under its name: leaks said first, then cell beside cell."""
    assert data["split"]["how"] == PCONVLSTM_PAPER
    assert data["n"] == {"train": 25, "val": 10, "test": 5}  # of 8 clips a class: 5, 2, 1
    assert report.startswith("**Leakage: The sides share what they must not")
    assert "| right, of each | fused, ours | theirs | spatial (rgb), ours | theirs |" in report
    assert "Another protocol" not in report


def check_whole(report: str) -> None:
    """What Du 2020 shows of its network, in the report's words."""
    for told in (
        "## Stream by stream",
        "Colour: share of the row's clips",  # the confusion matrix
        "ROC, each class against the rest",
        "Rank curve (CMC)",
        "Among the three likeliest",
        "five actions of 948 clips each",
    ):
        assert told in report, told


@pytest.mark.parametrize(("words", "check"), [((), check_owners), (PAPER, check_paper)])
def test_a_folder_of_ntu_names_ends_in_the_papers_table(
    ntu, tmp_path, monkeypatch, run, words, check
):
    monkeypatch.chdir(tmp_path)
    data, report = train(run, ntu, *words, *(f"--set={setting}" for setting in TINY))
    assert set(data["classes"]) == {LABEL_OF[action] for action in FIVE}
    check(data, report)
    check_whole(report)


@pytest.mark.slow
@pytest.mark.parametrize(("words", "check"), [((), check_owners), (PAPER, check_paper)])
def test_at_laptop_size_too(ntu, tmp_path, monkeypatch, run, words, check):
    monkeypatch.chdir(tmp_path)
    data, report = train(run, ntu, "--small", "--set=training.epochs=2", *words)
    check(data, report)
    check_whole(report)
