"""Every kind of network has options of its own; the others refuse them in one clear line."""

import json

import pytest

from kineograph.commands.predict import KINDS
from kineograph.commands.wishes import DOES, FOR
from kineograph.errors import InputError
from kineograph.recipes import RECIPES, load, recipe_to_json
from kineograph.recipes.answerer import load_answerer
from kineograph.recipes.captioner import load_captioner
from kineograph.recipes.dense_captioner import load_dense_captioner
from kineograph.recipes.reader import load_reader
from kineograph.recipes.recipe import DATA
from kineograph.recipes.trained import PURPOSES, WRITE

LOADERS = {
    "clips": load,
    "lines": load_reader,
    "captions": load_captioner,
    "questions": load_answerer,
    "regions": load_dense_captioner,
}

VALUES = {"--best": 2, "--beam": 3, "--alternatives": 2, "--curve": "0.5", "--workers": 2}
FLAGS = {"--blur", "--features", "--one-line", "--picture", "--no-language", "--no-baselines",
         "--look-for-copies", "--allow-leakage"}  # fmt: skip
NUMBERS = {"--window-seconds": 2, "--hop-seconds": 1} | VALUES


def said(option):
    """An option as a person writes it, with a value where it takes one."""
    return [option] if option in FLAGS else [option, NUMBERS.get(option, "mine")]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A run of each kind: its recipe alone, which is all that is read before anything is refused"""
    monkeypatch.chdir(tmp_path)
    for kind in DATA:
        recipe = next(each for each in RECIPES.values() if each.kind == kind)
        (tmp_path / "runs" / kind).mkdir(parents=True)
        (tmp_path / "runs" / kind / "recipe.json").write_text(
            json.dumps({"recipe": recipe_to_json(recipe)})
        )
    return tmp_path


@pytest.mark.parametrize("kind", WRITE)
def test_what_writes_is_sampled_and_not_asked_about_files(runs, run, kind):
    status, printed, _ = run("predict", kind, "a.png")
    assert status == 2 and f"kineograph sample {kind}" in " ".join(printed.split()), printed


def test_every_kind_of_data_is_known_to_every_verb():
    assert set(DOES) == set(DATA) and set(KINDS) == set(DATA) - set(WRITE)
    assert set().union(*FOR.values()) <= set(DATA)


@pytest.mark.parametrize("kind", KINDS)
def test_predict_refuses_what_is_for_other_networks(runs, run, kind):
    foreign = {name for does in KINDS.values() for name in does.options}
    foreign -= set(KINDS[kind].options)
    assert foreign
    for option in sorted(foreign):
        status, printed, _ = run("predict", kind, "a.png", *said(option))
        owners = [does.says for does in KINDS.values() if option in does.options]
        told = f"{option}: is for a network that {' or '.join(owners)}, and {kind}"
        assert status == 2 and told in " ".join(printed.split()), printed
        assert printed.strip().endswith("Leave it out, or give another network.")


@pytest.mark.parametrize("kind", KINDS)
def test_predict_refuses_forms_that_a_network_does_not_write(runs, run, kind):
    known = set(KINDS[kind].formats)
    for form in sorted({name for does in KINDS.values() for name in does.formats} - known):
        status, printed, _ = run("predict", kind, "a.png", "--write", form)
        assert status == 2 and f"--write {form}: known formats are " in printed


@pytest.mark.parametrize("kind", DATA)
def test_train_refuses_what_is_for_other_recipes(runs, run, kind):
    recipe = next(each.name for each in RECIPES.values() if each.kind == kind)
    foreign = [option for option, kinds in FOR.items() if kind not in kinds]
    assert foreign
    for option in foreign:
        status, printed, _ = run("train", recipe, "data", *said(option))
        told = f"is one of those that {DOES[kind]}. Leave it away."
        line = " ".join(printed.split())
        assert status == 2 and f"{option}: is for recipes that" in line and told in line, printed


@pytest.mark.parametrize("kind", DATA)
def test_a_run_is_loaded_only_for_what_it_was_trained_for(runs, kind):
    for wanted, loaded in LOADERS.items():
        if wanted != kind:
            with pytest.raises(InputError) as error:
                loaded(kind)
            words = f"its data are {kind}, and {PURPOSES[wanted][0]}. Give a run of"
            assert words in str(error.value)


def test_folds_are_dealt_of_clips_alone(runs, run):
    kind = "captions"
    recipe = next(each.name for each in RECIPES.values() if each.kind == kind)
    status, printed, _ = run("crossval", recipe, "data")
    assert status == 2 and f"folds are dealt of clips, and its data are {kind}" in printed


def test_a_run_of_a_kind_to_come_is_told(runs, run):
    file = runs / "runs" / "captions" / "recipe.json"
    file.write_text(file.read_text().replace('"kind": "captions"', '"kind": "ballets"'))
    status, printed, _ = run("predict", "captions", "a.png")
    assert status == 2 and "its data are 'ballets', and known are clips, lines" in printed
