"""kineograph recipes [NAME]: what can be trained; one recipe in full."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen

WORDS = 2542  # of a captioner in a layer table: as many as Flickr8k has five times and more
WORDS_OF_REGIONS = 10_497  # as many as DenseCap knew, of Visual Genome
LETTERS, WIDE = 100, 20  # characters, and heights in the width, of the line in a layer table
WORDS_OF_TEXTS = 10_000
POINTS, INK_LETTERS = 700, 28  # of a line of ink: IAM-OnDB's usual ones
WORDS_OF_QUESTIONS, ANSWERS = 12_000, 3000  # at most, as in VQA v1


def recipes(
    name: Annotated[str | None, typer.Argument(help="One recipe in full.")] = None,
    classes: Annotated[int, typer.Option(min=2, help="Classes for the layer table.")] = 6,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the network into this .svg or .png.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the recipes, or print one: numbers, layer table, published figures, what was chosen."""
    from kineograph.recipes import RECIPES, find_recipe, recipe_to_json

    screen = Screen(as_json)
    if name is None:
        _list(screen, list(RECIPES.values()))
        screen.result({"recipes": {r.name: r.about for r in RECIPES.values()}})
        return
    recipe = find_recipe(name)
    network, rows, example = _network_of(recipe, classes)
    _one(screen, recipe)
    _layers(screen, rows, example)
    if picture is not None:
        _draw(screen, rows, recipe.name, picture)
    if getattr(recipe.model, "start", None) == "keras":
        _beside_torch(screen)
    _published(screen, recipe)
    layers = [{"layer": r.name, "output": list(r.shape), "weights": r.weights} for r in rows]
    weights = sum(p.numel() for p in network.parameters())
    screen.result({"recipe": recipe_to_json(recipe), "layers": layers, "weights": weights})


def _network_of(recipe: Any, classes: int) -> tuple[Any, list[Any], str]:
    """A recipe's network, its layers, and what the shapes are of."""
    match recipe.kind:
        case "lines":
            return _of_a_line(recipe)
        case "captions" | "questions" | "regions":
            return _of_a_picture(recipe)
        case "ink":
            return _of_ink(recipe)
        case "text":
            from kineograph.nets.text_table import text_table

            network = recipe.model.build(LETTERS + 1)
            return network, text_table(network), f"a character, of {LETTERS}"
        case "labels" | "pairs":
            return _of_a_text(recipe, classes)
    from kineograph.nets.layer_table import layer_table

    network = recipe.model.build(classes, recipe.data.size_pixels, recipe.data.inputs)
    return network, layer_table(network, recipe.data.frames_per_clip), "one clip"


def _of_a_line(recipe: Any) -> tuple[Any, list[Any], str]:
    from kineograph.nets.line_table import line_table

    network = recipe.model.build(LETTERS + 1, recipe.data.height_pixels)
    width = WIDE * recipe.data.height_pixels
    example = f"a line of {width} pixels, {LETTERS} characters"
    return network, line_table(network, width), example


def _of_ink(recipe: Any) -> tuple[Any, list[Any], str]:
    from kineograph.nets.hand_table import hand_table

    network = recipe.model.build(LETTERS, POINTS / INK_LETTERS)
    rows = hand_table(network, POINTS, INK_LETTERS)
    return network, rows, f"{POINTS} points, {INK_LETTERS} letters of {LETTERS} characters"


def _of_a_text(recipe: Any, classes: int) -> tuple[Any, list[Any], str]:
    from kineograph.nets.whole_text_table import whole_text_table

    if recipe.kind == "labels":
        network = recipe.model.build(WORDS_OF_TEXTS, classes)
        return network, whole_text_table(network), f"a word, of {WORDS_OF_TEXTS}"
    network = recipe.model.build(LETTERS, LETTERS)
    return network, whole_text_table(network), f"a character, of {LETTERS}"


def _of_a_picture(recipe: Any) -> tuple[Any, list[Any], str]:
    """Of networks that say something of single pictures, for as many words as their data have."""
    from kineograph.nets.part_table import part_table

    size = recipe.data.size_pixels
    if recipe.kind == "questions":
        answers = min(recipe.data.most_answers, ANSWERS)
        network = recipe.model.build(WORDS_OF_QUESTIONS, answers, size)
        example = f"one question, {WORDS_OF_QUESTIONS} words and {answers} answers known"
    else:
        words = WORDS if recipe.kind == "captions" else WORDS_OF_REGIONS
        frames = getattr(recipe.data, "frames", 1)  # of a clip that is described
        network = recipe.model.build(words, size, *([frames] if frames > 1 else []))
        one = "one picture" if recipe.kind == "captions" else "one picture and one region"
        one = "one clip" if frames > 1 else one
        example = f"{one}, {words} words known"
    return network, part_table(network, size), example


def _draw(screen: Screen, rows: list[Any], name: str, picture: Path) -> None:
    from kineograph.errors import InputError
    from kineograph.report.network_picture import draw_network
    from kineograph.whole_file import write_bytes_whole

    kind = picture.suffix.removeprefix(".").lower()
    if kind not in ("svg", "png"):
        raise InputError(f"--picture {picture}: is .svg or .png. Write one of these ends.")
    try:
        write_bytes_whole(picture, draw_network(rows, name, kind))
    except OSError as error:
        raise InputError(
            f"--picture {picture}: cannot be written ({error.strerror}). Choose another place."
        ) from None
    screen.say(f"Wrote {picture}")


def _list(screen: Screen, found: list[Any]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("recipe", "what a person gets", "source"):
        table.add_column(column)
    for recipe in found:
        table.add_row(recipe.name, recipe.about, recipe.paper)
    screen.show(table)


def _one(screen: Screen, recipe: Any) -> None:
    screen.say(f"{recipe.name}: {recipe.about}")
    screen.say(f"Source: {recipe.paper}")
    for part in ("data", "model", "task", "training"):
        screen.say(f"\n{part}")
        for field, value in _fields(part, asdict(getattr(recipe, part))):
            shown = value if isinstance(value, str) else json.dumps(value)
            screen.say(f"  {field} = {shown}")
    if recipe.laptop:
        changes = ", ".join(f"{path}={value}" for path, value in recipe.laptop.items())
        screen.say(f"\n--small: {changes}")


def _fields(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every number with the name that --set knows it by."""
    if isinstance(value, dict):
        for field, inner in value.items():
            yield from _fields(f"{name}.{field}", inner)
    else:
        yield name, value


def _layers(screen: Screen, rows: list[Any], example: str) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title="\nLayers", title_justify="left")
    table.add_column("layer")
    table.add_column(f"output for {example}")
    table.add_column("weights", justify="right")
    for row in rows:
        table.add_row(row.name, " × ".join(map(str, row.shape)), f"{row.weights:,}")
    screen.show(table)


def _beside_torch(screen: Screen) -> None:
    from rich.table import Table

    from kineograph.nets.initialise import BESIDE_TORCH

    title = "\nStarts as Keras does (model.start=torch for the other)"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for column in ("", "Keras, here", "torch"):
        table.add_column(column)
    for row in BESIDE_TORCH:
        table.add_row(*row)
    screen.show(table)


def _confusion(screen: Screen, found: Any) -> None:
    """A published confusion table as it was printed."""
    from rich.table import Table

    title = f"\n  {found.source}: percent of the row"
    table = Table(box=None, pad_edge=True, title=title, title_justify="left")
    table.add_column("true ↓  answered →")
    for label in (*found.classes, found.unit):
        table.add_column(label, justify="right")
    rows = zip(found.classes, found.rows_percent, found.row_counts, strict=True)
    for label, percents, count in rows:
        table.add_row(label, *(f"{percent:.1f}" for percent in percents), f"{count:,}")
    screen.show(table)


def _published(screen: Screen, recipe: Any) -> None:
    if recipe.published:
        screen.say("\nPublished")
        for figure in recipe.published:
            screen.say(f"  {figure.figure} {figure.value} · {figure.source} · {figure.protocol}")
            if figure.confusion:
                _confusion(screen, figure.confusion)
    if recipe.notes:
        screen.say("\nWhat the source leaves open, and what was chosen")
        for note in recipe.notes:
            screen.say(f"  {note}")
