"""An experiment with captions, whole: train, ask, report, again; then the verbs on its run."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.cache import build_picture_cache
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.prepared_folder import PreparedFolder, write_folder
from kineograph.data.words import END, START
from kineograph.errors import InputError
from kineograph.evaluation.captions.ask import _dealt_wrong
from kineograph.evaluation.captions.controls import constant_sentence, nearest_sentences
from kineograph.evaluation.captions.kind import CAPTION_KIND
from kineograph.evaluation.captions.retrieval import likelihoods
from kineograph.evaluation.pictures.experiment import run_picture_experiment
from kineograph.evaluation.pictures.kind import Asked, PictureExperiment
from kineograph.metrics.captions.words import caption_words
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.predict.describe import Describer
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.captioner import load_captioner
from tests.commands.conftest import run  # noqa: F401  the verbs
from tests.data.captions.drawn import draw, drawn_folder

SMALL = ["data.size_pixels=32", "data.least_count=1", "data.longest=8", "task.longest=8",
         "model.units=32", "model.embedding=16", "model.attention=16", "model.dropout=0",
         "training.epochs=60", "training.batch=18", "training.learning_rate=1e-2",
         "training.precision=f32", "data.sentences_drawn=0", "data.augmentation.crop=0",
         "data.augmentation.hue=0", "task.even_attention=0.01"]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run that has learned to say which shape it sees, of which colour."""
    home = tmp_path_factory.mktemp("captions")
    folder = drawn_folder(home / "shapes", 48)
    recipe = change_all(RECIPES["flickr8k-small"], SMALL)
    grid = GridEncoderConfig(stem_filters=8, filters=(8, 16), blocks=(1, 1), strides=(2, 2))
    recipe = replace(recipe, model=replace(recipe.model, grid=grid))
    job = PictureExperiment(recipe, folder, home / "runs" / "shapes", threads=1)
    return run_picture_experiment(job, CAPTION_KIND), home, folder


def test_the_table_says_the_network_beats_what_does_not_look(done):
    found = CAPTION_KIND.summarise(done[1] / "runs" / "shapes")
    wrong, constant = found["baselines"]["wrong_picture"], found["baselines"]["constant"]
    assert found["cider_d"] > wrong["cider_d"] and found["bleu_4"] > constant["bleu_4"]
    assert found["cider_d"] > 3
    assert set(found["baselines"]) == {
        "wrong_picture", "constant", "nearest", "network_fewer", "human"}  # fmt: skip
    protocol = found["protocol"]
    assert (protocol["n"], protocol["references"], protocol["side"]) == (12, [2, 2], "test")
    assert found["retrieval"]["pictures_by_sentence"]["choices"] == 12
    table = CAPTION_KIND.tell(found)
    assert table[0][-2:] == ["CIDEr", "CIDEr-D"] and table[1][0] == "the network"
    assert len({len(row) for row in table}) == 1
    page = (done[1] / "runs" / "shapes" / "report.md").read_text()
    assert "shown another picture" in page and table[1][-1] in page


@torch.no_grad()
def test_every_sentence_is_asked_of_every_picture(done):
    shapes, folder = done[1] / "runs" / "shapes", done[2]
    trained = load_captioner(shapes)
    records = folder.records[::5]
    cache, _ = build_picture_cache(
        folder.cache, folder.source_root, [each.picture for each in records], size_pixels=32
    )
    job = PictureExperiment(trained.recipe, folder, shapes)
    told = []
    found = likelihoods(
        Asked(job, trained, None, "all", records, [], cache),
        records,
        lambda done, total, note: told.append((done, total)),
    )
    assert told[-1] == (len(records), len(records))
    assert found.shape == (len(records), len(records))
    network = trained.network
    for picture in (0, 3):
        memory = network.see(picture_tensor([cache[records[picture].picture]]))
        for sentence in (1, 3):
            words = trained.vocabulary.encode(caption_words(records[sentence].sentences[0]))
            state, log = network.initial_state(memory), 0.0
            for said, following in zip([START, *words], [*words, END], strict=True):
                logits, state, _ = network.step(torch.tensor([said]), state, memory)
                log += float(logits.log_softmax(-1)[0, following])
            assert found[picture, sentence] == pytest.approx(log, abs=1e-3)


def test_every_answer_is_kept_with_what_people_wrote(done):
    rows = [
        json.loads(text)
        for text in (done[1] / "runs" / "shapes" / "predictions.jsonl").read_text().splitlines()
    ]
    assert len(rows) == 12
    for row in rows:
        assert len(row["references"]) == 2 and row["log_probability"] < 0
        assert [each["sentence"] for each in row["alternatives"]]


def test_a_describer_says_shape_and_colour_and_where_it_looked(done):
    describer = Describer.load(done[1] / "runs" / "shapes")
    pictures = [draw("red", "circle", 3, 64), draw("blue", "square", 5, 48)]
    one, other = describer.describe(pictures, beam=4, alternatives=3)
    assert "red" in one.words and "circle" in one.words and one.finished
    assert "blue" in other.words and "square" in other.words
    assert one.attention.shape == (len(one.words), 4, 4)
    np.testing.assert_allclose(one.attention.sum((1, 2)), 1, rtol=1e-4)
    assert len(one.alternatives) == 2 and one.sentence not in [s for s, _ in one.alternatives]
    (alone,) = describer.describe(pictures[1:], beam=4)
    assert alone.sentence == other.sentence and not alone.alternatives
    assert alone.log_probability == pytest.approx(other.log_probability, abs=1e-4)
    with pytest.raises(InputError):
        describer.describe(pictures, beam=2, alternatives=3)
    (short,) = describer.describe(pictures[:1], longest=1)
    assert len(short.words) <= 1


def test_evaluate_and_predict_are_verbs_of_such_a_run(done, run, tmp_path):  # noqa: F811
    shapes = done[1] / "runs" / "shapes"
    status, printed, found = run(
        "evaluate", shapes, done[2].path, "--side", "val", "--out", tmp_path / "again", "--json"
    )
    assert status == 0 and found["protocol"]["side"] == "val", printed
    assert "used in training: this is no test" in found["leakage"]
    whole = next((done[2].path / "pictures").iterdir())
    coco = tmp_path / "pictures" / "COCO_val2014_000000000042.png"
    coco.parent.mkdir()
    coco.write_bytes(whole.read_bytes())
    (coco.parent / "torn.jpg").write_bytes(b"no picture")
    status, printed, found = run(
        "predict", shapes, coco.parent, "--write", "json", "--out", tmp_path, "--best", 2, "--json"
    )
    assert status == 1, printed
    assert "torn.jpg" in printed and list(found["failed"]) == [str(coco.parent / "torn.jpg")]
    sentence = found["pictures"][str(coco)]["sentence"]
    rows = json.loads((tmp_path / "captions.json").read_text())
    assert rows == [{"image_id": 42, "caption": sentence}]
    status, printed, _ = run("predict", shapes, coco, "--one-line")
    assert status == 2 and "describes pictures" in printed


def test_why_one_picture_alone_has_no_scores_is_said(done, run, tmp_path):  # noqa: F811
    whole = done[2].records[:1]
    write_folder(tmp_path / "one", CAPTIONS, whole, name="one", source_root=done[2].source_root)
    shapes = done[1] / "runs" / "shapes"
    words = ("evaluate", shapes, tmp_path / "one", "--out", tmp_path / "told", "--json")
    status, printed, found = run(*words)
    assert status == 0 and found["cider_d"] is None and found["bleu_4"] is None
    assert "one picture alone gives no scores. Evaluate more, with --side all" in printed


def test_a_run_of_another_kind_describes_nothing(tmp_path):
    from kineograph.recipes import recipe_to_json

    recipe = {"recipe": recipe_to_json(RECIPES["ocr-line"]), "vocabulary": ["a"]}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(InputError) as error:
        load_captioner(tmp_path)
    assert "its data are lines, and pictures are to be described" in str(error.value)


def test_the_constant_sentence_is_what_most_people_might_have_said():
    usual = [DescribedPicture(f"{n}.jpg", ("two dogs run over the green grass today",) * 2)
             for n in range(5)]  # fmt: skip
    rare = DescribedPicture("x.jpg", ("an owl sits still on a very old branch",))
    assert constant_sentence([rare, *usual]) == "two dogs run over the green grass today"


def test_the_nearest_picture_is_found_whatever_the_features_spread():
    learned = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 0.01]], np.float32)
    asked = np.array([[90.0, 0.001], [3.0, 0.012]], np.float32)
    assert nearest_sentences(learned, asked, ["none", "wide", "high"]) == ["wide", "high"]


def test_one_picture_alone_has_no_scores_and_that_is_said(tmp_path):
    row = {"picture": "1.jpg", "sentence": "a dog", "references": ["a dog"]}
    (tmp_path / "predictions.jsonl").write_text(json.dumps(row) + "\n")
    found = CAPTION_KIND.summarise(tmp_path)
    assert found["cider_d"] is None and found["protocol"]["n"] == 1
    assert "no scores" in CAPTION_KIND.report(tmp_path).read_text()


def test_a_folder_of_captions_is_no_folder_of_something_else(tmp_path):
    write_folder(tmp_path, CAPTIONS, [DescribedPicture("1.jpg", ("a",))], name="x",
                 source_root=tmp_path)  # fmt: skip
    assert PreparedFolder(tmp_path, CAPTIONS).records[0].sentences == ("a",)


def test_the_wrong_picture_is_never_the_right_one():
    records = [DescribedPicture(f"{n}.png", ("a",)) for n in range(9)]
    wrong = _dealt_wrong(records)
    assert sorted(wrong, key=records.index) == records
    assert all(one != other for one, other in zip(records, wrong, strict=True))
    assert wrong != [*records[1:], records[0]]
