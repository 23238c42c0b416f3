"""Features are what network.encode makes of the frames that were read, at their true times."""

import json

import numpy as np
import pytest
import torch

from kineograph.data.clips import DataConfig
from kineograph.errors import InputError
from kineograph.media import read_frames
from kineograph.media.write import write_video
from kineograph.nets.models import LRCNConfig
from kineograph.predict import features
from kineograph.predict.features import features_of, write_features
from kineograph.recipes import Trained, change_all, find_recipe
from tests.conftest import draw_square

CPU = torch.device("cpu")
RATE = 12.5


@pytest.fixture
def trained(tmp_path):
    torch.manual_seed(0)
    model = LRCNConfig(filters=(4, 8), pools=(4, 3), units=8, features_norm="layer")
    network = model.build(2, (24, 24)).eval()
    recipe = change_all(
        find_recipe("lrcn-kth"), ["data.size_pixels=24,24", "model.filters=4,8", "model.pools=4,3"]
    )
    assert isinstance(recipe.data, DataConfig)
    return Trained(tmp_path, recipe, ("left", "right"), network, 1.0)


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    write_video(path, draw_square("left", 1, frames=30), RATE)
    return path


def test_they_are_the_encoders_of_the_frames_read(trained, clip, monkeypatch):
    monkeypatch.setattr(features, "CHUNK", 7)  # 30 frames: chunks that do not come out even
    seen = []
    found = features_of(clip, trained, device=CPU, progress=lambda *told: seen.append(told))
    frames = list(read_frames(clip, size_pixels=(24, 24)))
    pixels = torch.from_numpy(np.stack([frame.pixels for frame in frames]))
    with torch.inference_mode():
        expected = trained.network.encode(pixels.permute(0, 3, 1, 2))
    torch.testing.assert_close(torch.from_numpy(found.vectors), expected)
    assert found.vectors.dtype == np.float32 and found.problem is None
    np.testing.assert_allclose(found.seconds, np.arange(30) / RATE, atol=1e-6)
    assert seen[0][:2] == (25, 30)


def test_both_files_say_the_same(trained, clip, tmp_path):
    found = features_of(clip, trained, device=CPU)
    told = write_features(tmp_path / "said" / "clip", found, "runs/x")
    about = json.loads((tmp_path / "said" / "clip.features.json").read_text())
    np.testing.assert_array_equal(np.load(told["features"]), found.vectors)
    assert told["shape"] == about["shape"] == [30, found.vectors.shape[1]]
    assert len(about["seconds"]) == 30 and about["seconds"][1] == 0.08
    assert (about["file"], about["run"]) == (str(clip), "runs/x")


def test_what_cannot_be_read_or_written_is_one_line(trained, clip, tmp_path):
    with pytest.raises(InputError, match="nowhere.mp4"):
        features_of(tmp_path / "nowhere.mp4", trained, device=CPU)
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(InputError, match=r"clip.features.npy: cannot be written \(.*\)\. Choose"):
        write_features(tmp_path / "taken" / "clip", features_of(clip, trained, device=CPU), "x")
