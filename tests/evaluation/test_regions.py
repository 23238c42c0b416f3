"""An experiment with regions, whole: train on drawn scenes, describe, report; then the verbs."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kineograph.data.pictures.files import PictureFiles
from kineograph.data.regions.picture import Region
from kineograph.errors import InputError
from kineograph.evaluation.pictures.experiment import run_picture_experiment
from kineograph.evaluation.pictures.kind import PictureExperiment
from kineograph.evaluation.regions import REGION_KIND, controls, mean_boxes
from kineograph.media.image import rgb_picture
from kineograph.metrics.captions.words import caption_words
from kineograph.metrics.regions import OVERLAPS
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.predict.regions import RegionFinder
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.dense_captioner import load_dense_captioner
from kineograph.report.regions.answers import DescribedBox, RegionAnswer, read_region_answers
from tests.commands.conftest import run  # noqa: F401  the verbs
from tests.data.regions.drawn import few_scenes, picture_of

SMALL = ["data.size_pixels=32", "model.localise_filters=8", "model.drawn=8", "model.proposals=6",
         "model.code=16", "model.word_features=8", "model.units=8", "training.epochs=2",
         "training.batch=4", "training.precision=f32"]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run that has learned next to nothing, from six scenes; tested with four."""
    home = tmp_path_factory.mktemp("regions")
    folder = few_scenes(home / "scenes")
    recipe = change_all(RECIPES["dense-caption-scenes"], SMALL)
    grid = GridEncoderConfig(stem_filters=4, filters=(8, 8), blocks=(1, 1), strides=(2, 2))
    recipe = replace(recipe, model=replace(recipe.model, encoder=grid))
    job = PictureExperiment(recipe, folder, home / "runs" / "scenes", threads=1)
    run_picture_experiment(job, REGION_KIND)
    return home / "runs" / "scenes", folder


def test_every_tested_picture_is_answered_in_its_own_pixels(done):
    shown, folder = done
    answers = read_region_answers(shown / "predictions.jsonl")
    tested = {each.picture: each for each in folder.records if each.split == "test"}
    assert {each.picture for each in answers} == set(tested) and len(tested) == 4
    for answer in answers:
        record = tested[answer.picture]
        assert [each.sentence for each in answer.true] == [r.sentence for r in record.regions]
        assert [each.box for each in answer.true] == [r.corners for r in record.regions]
        sure = [each.confidence for each in answer.found]
        assert sure == sorted(sure, reverse=True)
        for left, top, right, bottom in (each.box for each in answer.found):
            assert 0 <= left < right <= record.width_pixels
            assert 0 <= top < bottom <= record.height_pixels


def test_the_figures_stand_with_their_protocol_and_controls(done):
    found = REGION_KIND.summarise(done[0])
    regions = sum(len(each.regions) for each in done[1].records if each.split == "test")
    protocol = found["protocol"]
    assert protocol["n"] == 4 and 0 < protocol["regions"] <= regions
    assert protocol["unit"] == "pictures" and "rouge" in protocol["metric"].lower()
    assert set(found["baselines"]) == {"most frequent sentence", "one answer to all"}
    # No order of sentences can make boxes right, so both rows share what boxes alone score.
    frequent = found["baselines"]["most frequent sentence"]
    assert frequent["mean_box_ap"] == pytest.approx(found["mean_box_ap"])
    assert list(found["box_ap"]) == [f"{at:g}" for at in OVERLAPS]
    table = REGION_KIND.tell(found)
    assert len({len(row) for row in table}) == 1 and table[1][0] == "this network"
    for page in ("report.md", "report.html"):
        text = (done[0] / page).read_text()
        assert all(cell in text for cell in table[1])
        assert "chosen by nobody" in text and "Regions to find" in text
    assert len(list((done[0] / "shown").glob("*.png"))) == 4


def test_the_network_of_a_run_describes_as_the_run_says(done):
    shown, folder = done
    finder = RegionFinder.load(shown)
    answer = read_region_answers(shown / "predictions.jsonl")[0]
    picture = PictureFiles(folder.source_root).rgb(answer.picture)
    alone, _ = finder.find([picture, picture[:90]], progress=lambda *_: None)
    assert [each.sentence for each in alone] == [each.sentence for each in answer.found]
    np.testing.assert_allclose(
        [each.box for each in alone], [each.box for each in answer.found], atol=0.06
    )


def test_evaluate_and_predict_are_verbs_of_such_a_run(done, run, tmp_path):  # noqa: F811
    shown, folder = done
    status, printed, found = run(
        "evaluate", shown, folder.path, "--side", "val", "--out", tmp_path / "again", "--json"
    )
    assert status == 0 and found["protocol"]["n"] == 2, printed
    assert "used in training: this is no test" in found["leakage"]
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    picture = PictureFiles(folder.source_root).rgb(folder.records[0].picture)
    Image.fromarray(picture).save(pictures / "one.png")
    (pictures / "torn.png").write_bytes(b"no picture")
    status, printed, found = run(
        "predict", shown, pictures, "--write", "json,png", "--out", tmp_path / "told", "--json"
    )
    assert status == 1 and list(found["failed"]) == [str(pictures / "torn.png")], printed
    (told,) = found["files"]
    kept = json.loads((tmp_path / "told" / "one.regions.json").read_text())
    assert kept == told and told["path"] == str(pictures / "one.png")
    (ours,) = RegionFinder.load(shown).find([picture])
    assert [each["sentence"] for each in told["regions"]] == [each.sentence for each in ours]
    for each, box in zip(told["regions"], ours, strict=True):
        right, bottom = each["x"] + each["width"], each["y"] + each["height"]
        assert (each["x"], each["y"], right, bottom) == pytest.approx(box.box, abs=0.06)
    drawn = rgb_picture(tmp_path / "told" / "one.regions.png")
    assert drawn.shape[1] >= 640 and not (tmp_path / "told" / "torn.regions.png").exists()
    # What this verb has drawn is no picture to describe when the folder is given again.
    Image.fromarray(picture).save(pictures / "one.regions.png")
    _, _, again = run("predict", shown, pictures, "--json")
    assert [each["path"] for each in again["files"]] == [told["path"]]


def test_train_regions_from_the_verb_and_the_next_step_is_told(run, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    few = ["--option", "count=8", "--option", "test=2", "--option", "val=2"]
    status, printed, found = run("prepare", "scenes", "-", "data", *few, "--json")
    assert status == 0 and found["sides"] == {"test": 2, "train": 4, "val": 2}, printed
    counted = sum(len(each["regions"]) for each in _rows(tmp_path / "data" / "regions.jsonl"))
    assert f"8 pictures with {counted} regions in data; nothing left out." in printed
    assert "Next: kineograph train dense-caption-scenes data" in printed
    sets = [word for change in SMALL for word in ("--set", change)]
    quick = ["--set", "training.epochs=1", "--set", "model.encoder.filters=8,8"]
    status, printed, found = run("train", "dense-caption-scenes", "data", *sets, *quick, "--json")
    assert status == 0 and found["protocol"]["n"] == 2, printed
    assert "AP of boxes alone" in printed


def _rows(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_run_of_another_kind_describes_no_regions(tmp_path):
    from kineograph.recipes import recipe_to_json

    recipe = {"recipe": recipe_to_json(RECIPES["neuraltalk"]), "vocabulary": ["a"]}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(
        InputError,
        match="captions, and regions are to be described. Give a run of dense",
    ):
        load_dense_captioner(tmp_path)


def test_mean_boxes_are_parts_of_pictures_of_any_size():
    one = picture_of(Region(0, 0, 40, 20, "a dog"), size=(80, 40))
    other = picture_of(Region(50, 50, 50, 50, "a dog"), Region(0, 0, 9, 9, "a cat"),
                       size=(100, 100))  # fmt: skip
    found = mean_boxes([one, other], ["a dog"])
    assert list(found) == ["a dog"]
    np.testing.assert_allclose(found["a dog"], [0.25, 0.25, 0.75, 0.75])


def test_controls_are_right_where_the_data_make_them_so():
    """One sentence, one box everywhere: the constant answer is perfect, and must say so."""
    learned = [picture_of(name=f"{n}.png") for n in range(3)]
    true = (DescribedBox((0, 0, 40, 20), "a red circle"),)
    found = (DescribedBox((0, 0, 40, 20), "a blue square", 0.9),)
    both = controls([RegionAnswer("t.png", found, true)], learned)
    assert caption_words(learned[0].regions[0].sentence) == caption_words(true[0].sentence)
    for name in ("one answer to all", "most frequent sentence"):
        assert set(both[name]["mean_ap"].values()) == {1.0} and both[name]["mean_box_ap"] == 1.0
