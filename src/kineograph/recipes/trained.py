"""A run folder, or the name of a shipped network, back into a network."""

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from kineograph.errors import InputError, nearest
from kineograph.recipes.recipe import DATA, Recipe, recipe_from_json, recipe_to_json
from kineograph.training.checkpoint import load_weights
from kineograph.whole_file import write_text_whole

PURPOSES = {  # what a network is needed for, by what it is shown; recipes of such networks
    "clips": ("clips are to be labelled", "lrcn-kth"),
    "lines": ("lines are to be read", "ocr-line or htr-line"),
    "captions": ("pictures are to be described", "flickr8k-small or show-attend-tell"),
    "questions": ("questions are to be answered", "easy-vqa or coattention-vqa"),
    "regions": ("regions are to be described", "dense-caption-scenes"),
    "labels": ("texts are to be labelled", "label-text"),
    "pairs": ("texts are to be written otherwise", "transliterate"),
}
WRITE = ("text", "ink")  # what networks of these kinds know is sampled, not predicted


@dataclass(frozen=True)
class Trained:
    """A trained network with what is needed to ask it: its recipe and its classes."""

    folder: Path
    recipe: Recipe
    classes: tuple[str, ...]
    network: Any  # an nn.Module with forward, encode, read, step, initial_state and can_step
    clip_seconds: float  # how long the clips were that it learned from (median)

    @property
    def name(self) -> str:
        """The run's name: its folder's."""
        return self.folder.name

    @property
    def shipped(self) -> bool:
        """Whether it came with the package: nothing is written beside it."""
        return self.folder in shipped_networks().values()


def load(run: str | Path) -> Trained:
    """The network of `runs/NAME`, or of a shipped name, with its weights, ready to answer."""
    folder, found, recipe = read_run(run, "clips", ("classes", "clip_seconds"))
    classes = tuple(found["classes"])
    try:
        network = recipe.model.build(len(classes), recipe.data.size_pixels, recipe.data.inputs)
        clip_seconds = float(found["clip_seconds"])
    except ValueError as error:
        raise InputError(f"{folder / 'recipe.json'}: {error} Copy the run again.") from error
    load_weights(folder / "model.safetensors", network)
    return Trained(folder, recipe, classes, network.eval(), clip_seconds)


def write_recipe_file(
    folder: Path, recipe: Recipe, classes: tuple[str, ...], clip_seconds: float, version: str
) -> None:
    """recipe.json: enough to rebuild the network in another process, another year."""
    known = {"classes": list(classes), "clip_seconds": round(clip_seconds, 3)}
    write_run_file(folder, recipe, known, version)


def write_run_file(folder: Path, recipe: Recipe, known: dict[str, Any], version: str) -> None:
    """recipe.json: the recipe, and what its kind of network needs `known` to be rebuilt."""
    found = {"kineograph": version, **known, "recipe": recipe_to_json(recipe)}
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    write_text_whole(folder / "recipe.json", text)


def kind_of(run: str | Path) -> str:
    """What a run's network is shown: a name in DATA. Raises InputError for a run of none."""
    folder = run_folder(run)
    data = read_recipe_file(folder, ("recipe",))["recipe"].get("data", {})
    kind = str(data.get("kind", "clips"))  # before lines, all were clips
    if kind not in DATA:
        raise InputError(
            f"{folder / 'recipe.json'}: its data are '{kind}', and known are {', '.join(DATA)}. "
            "Take a newer Kineograph, or copy the run again."
        )
    return kind


def read_run(
    run: str | Path, wanted: str, needed: tuple[str, ...]
) -> tuple[Path, dict[str, Any], Recipe]:
    """A run's folder, what recipe.json keeps, its recipe. InputError if it is not `wanted`'s kind.

    needed: what must be kept there beside the recipe.
    """
    folder = run_folder(run)
    kind = kind_of(folder)
    if kind != wanted:
        purpose, recipes = PURPOSES[wanted]
        asked = f"sample {folder.name}" if kind in WRITE else f"predict {folder.name} FILE"
        raise InputError(
            f"{folder}: its data are {kind}, and {purpose}. Give a run of {recipes}, or ask it "
            f"what it knows: kineograph {asked}."
        )
    found = read_recipe_file(folder, ("recipe", *needed))
    return folder, found, recipe_from_json(found["recipe"], str(folder / "recipe.json"))


def read_recipe_file(folder: Path, needed: tuple[str, ...]) -> dict[str, Any]:
    """recipe.json of a run folder, or one line that says what of `needed` is missing."""
    path = folder / "recipe.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{folder}: no recipe.json in it, so it is not a run. "
            "Train one: kineograph train RECIPE DATA."
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Copy the run again.") from error
    missing = [key for key in needed if key not in found]
    if missing:
        raise InputError(f"{path}: has no '{missing[0]}'. Copy the run again, or train anew.")
    return found


def run_folder(run: str | Path) -> Path:
    """The folder of a run: a path, a name under ./runs, or a shipped network's name."""
    for folder in (Path(run), Path("runs") / run):
        if (folder / "recipe.json").exists():
            return folder
    shipped = shipped_networks()
    if str(run) in shipped:
        return shipped[str(run)]
    for folder in (Path(run), Path("runs") / run):
        if folder.is_dir():  # a training that did not begin has left one
            return folder
    runs = Path("runs")
    names = [folder.name for folder in runs.iterdir()] if runs.is_dir() else []
    raise InputError(
        f"{run}: no run folder and no shipped network ({', '.join(shipped) or 'none here'}). "
        f"Give runs/NAME. {nearest(Path(run).name, [*names, *shipped])}".rstrip()
    )


def shipped_networks() -> dict[str, Path]:
    """Networks that come with the package: name -> folder."""
    home = Path(str(resources.files("kineograph"))) / "networks"
    return {
        folder.name: folder
        for folder in sorted(home.glob("*/"))
        if (folder / "recipe.json").exists()
    }
