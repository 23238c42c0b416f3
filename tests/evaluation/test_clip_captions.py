"""Clips described, whole: where a square goes is told, and the other way if time is turned."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.prepared_folder import PreparedFolder, write_folder
from kineograph.errors import InputError
from kineograph.evaluation.captions.kind import CAPTION_KIND
from kineograph.evaluation.pictures.experiment import run_picture_experiment
from kineograph.evaluation.pictures.kind import PictureExperiment
from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from kineograph.media.write import write_video
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig
from kineograph.predict.describe import Describer
from kineograph.recipes import RECIPES, change_all
from kineograph.report.page.blocks import Tiles
from tests.commands.conftest import run  # noqa: F401  the verbs

SMALL = ["data.size_pixels=16", "data.frames=4", "data.least_count=1", "data.longest=8",
         "task.longest=8", "model.units=24", "model.embedding=12", "model.attention=12",
         "model.dropout=0", "data.augmentation.crop=0", "training.epochs=40", "training.batch=8",
         "training.learning_rate=1e-2", "training.precision=f32", "task.guess_weight=0",
         "task.label_smoothing=0"]  # fmt: skip


def moving(to_left: bool, row: int, frames: int = 9) -> np.ndarray:
    """(T, 16, 16, 3): a bright square that crosses a dark picture."""
    clip = np.full((frames, 16, 16, 3), 30, np.uint8)
    for number in range(frames):
        column = number if not to_left else frames - 1 - number
        clip[number, row : row + 5, column + 1 : column + 6] = 230
    return clip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run that has learned which way a square goes; no frame alone tells."""
    home = tmp_path_factory.mktemp("clips")
    (home / "data").mkdir()
    records = []
    for number in range(40):
        way = ("right", "left")[number % 2]
        name = f"{number:02}.mp4"
        write_video(home / "data" / name, moving(way == "left", number // 2 % 10))
        told = (f"A square goes {way}", f"Something moves {way}")
        split = ("train", "train", "train", "val", "test")[number // 2 % 5]
        records.append(DescribedPicture(name, told, split=split))
    write_folder(home / "data", CAPTIONS, records, name="squares", source_root=home / "data")
    folder = PreparedFolder(home / "data", CAPTIONS)
    recipe = change_all(RECIPES["describe-clips"], SMALL)
    grid = GridEncoderConfig(
        stem_filters=8, stem_stride=1, filters=(12,), blocks=(1,), strides=(2,)
    )
    over_time = OverTimeConfig(dense=24, units=24, dropout=0.0)
    model = replace(recipe.model, grid=grid, over_time=over_time)
    job = PictureExperiment(replace(recipe, model=model), folder, home / "squares", threads=1)
    return run_picture_experiment(job, CAPTION_KIND), home


def test_the_way_is_told_of_clips_never_seen_and_not_of_a_wrong_one(done):
    rows = [
        json.loads(row)
        for row in (done[1] / "squares" / "predictions.jsonl").read_text().splitlines()
    ]
    assert len(rows) == 8
    for row in rows:
        assert row["sentence"].split()[-1] == row["references"][0].split()[-1]
    found = CAPTION_KIND.summarise(done[1] / "squares")
    wrong, constant = found["baselines"]["wrong_picture"], found["baselines"]["constant"]
    assert found["cider_d"] > max(wrong["cider_d"], constant["cider_d"])
    strip = next((done[1] / "squares" / "pictures").glob("*.png"))
    assert strip.stat().st_size > 0
    assert (done[1] / "data" / "cache" / "clips-16-squash-4").is_dir()


def test_a_clip_turned_in_time_is_told_the_other_way(done):
    describer = Describer.load(done[1] / "squares")
    assert describer.frames == 4
    clip = describer.read(done[1] / "data" / "08.mp4")
    assert clip.shape == (4, 16, 16, 3)
    forwards, backwards = describer.describe([clip, clip[::-1]], alternatives=2)
    assert (forwards.words[-1], backwards.words[-1]) == ("right", "left")
    assert forwards.attention.shape == (len(forwards.words), 1, 4) and forwards.alternatives
    np.testing.assert_allclose(forwards.attention.sum((1, 2)), 1, rtol=1e-4)


def test_a_folder_of_clips_is_described_and_what_is_none_is_lost_alone(done, run, tmp_path):  # noqa: F811
    write_video(tmp_path / "one.mp4", moving(True, 4))
    (tmp_path / "torn.avi").write_bytes(b"no clip")
    status, printed, found = run("predict", done[1] / "squares", tmp_path, "--json")
    assert status == 1 and list(found["failed"]) == [str(tmp_path / "torn.avi")], printed
    assert found["pictures"][str(tmp_path / "one.mp4")]["sentence"].endswith("left")


def test_inspect_lays_the_moments_side_by_side(done):
    inspector = INSPECTED["captions"].open(str(done[1] / "squares"), Wish())
    assert "weighs the moments" in inspector.method[0]
    clip = done[1] / "data" / "09.mp4"
    assert inspector.spread([done[1] / "data"])[9] == clip
    found = inspector.look(clip, lambda *said: None)
    assert found.numbers["sentence"].endswith("left")
    for row in found.numbers["words"]:
        assert np.shape(row["attention"]) == (1, 4)
    (tiles,) = [block for block in found.blocks if isinstance(block, Tiles)]
    assert len(tiles.tiles) == 1 + len(found.numbers["words"])


def test_frames_are_one_or_more():
    with pytest.raises(InputError, match="frames 0: must be 1 or more. Raise it"):
        change_all(RECIPES["describe-clips"], ["data.frames=0"])
