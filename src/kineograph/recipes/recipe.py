"""Recipe: a paper's numbers on one page, frozen and checked, changed by name, kept as JSON."""

import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from kineograph.data.clips import DataConfig
from kineograph.errors import InputError, nearest
from kineograph.nets.models import MODELS
from kineograph.tasks import TASKS
from kineograph.training.optimise import TrainingConfig


@dataclass(frozen=True)
class Published:
    """A figure that the source printed, with where it stands and how it was come by."""

    figure: str  # "accuracy"
    value: float
    source: str  # paper, table and row
    protocol: str  # data, split, normalisation: whatever makes it comparable or not
    table: tuple[tuple[str, float, float, float], ...] = ()  # label, precision, recall, F1


@dataclass(frozen=True)
class Recipe:
    """Everything that a training is made of. Classes come from the data, weights from training."""

    name: str
    about: str  # one line: what a person gets
    paper: str  # whom to cite
    data: DataConfig
    model: Any  # one of nets.models.MODELS
    task: Any  # one of tasks.TASKS
    training: TrainingConfig
    published: tuple[Published, ...] = ()
    notes: tuple[str, ...] = ()  # what the source leaves open and what was chosen
    laptop: dict[str, Any] = field(default_factory=dict)  # changes that make it small

    def small(self) -> "Recipe":
        """The same code at laptop size."""
        recipe = self
        for path, value in self.laptop.items():
            recipe = change(recipe, path, value)
        return recipe


KINDS = {"model": MODELS, "task": TASKS}
CHANGEABLE = ("data", "model", "task", "training")


def change(recipe: Recipe, path: str, value: Any) -> Recipe:
    """One field changed by its name: `change(recipe, "model.units", 64)` or with text, "64"."""
    part, *rest = path.split(".")
    if part not in CHANGEABLE or not rest:
        raise InputError(
            f"--set {path}={_shown(value)}: a recipe's changeable parts are {', '.join(CHANGEABLE)}. "
            f"Write part.field=value. {nearest(part, CHANGEABLE)}".rstrip()
        )
    changed = _change(getattr(recipe, part), rest, value, path)
    return replace(recipe, **{part: changed})


def change_all(recipe: Recipe, settings: list[str]) -> Recipe:
    """Many changes as people write them: ["model.units=64", "training.epochs=10"]."""
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"--set {setting}: has no value. Write {setting}=VALUE.")
        recipe = change(recipe, path.strip(), value.strip())
    return recipe


def _change(config: Any, path: list[str], value: Any, whole: str) -> Any:
    known = [f.name for f in fields(config)]
    name, *deeper = path
    if name not in known:
        raise InputError(
            f"--set {whole}: {type(config).__name__} has no field '{name}'; it has "
            f"{', '.join(known)}. {nearest(name, known)}".rstrip()
        )
    old = getattr(config, name)
    if deeper:
        if not is_dataclass(old):
            raise InputError(f"--set {whole}: '{name}' has no fields of its own. Stop at '{name}'.")
        new = _change(old, deeper, value, whole)
    else:
        new = _read(value, get_type_hints(type(config))[name], whole)
    try:
        return replace(config, **{name: new})
    except ValueError as error:
        raise InputError(f"--set {whole}={_shown(value)}: {error}") from error


def _read(value: Any, hint: Any, whole: str) -> Any:
    """Text into what the field holds: 64, 1e-3, true, none, 16,32,64."""
    parsed = _parse(value, hint) if isinstance(value, str) else value
    try:
        return TypeAdapter(hint).validate_python(parsed)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("Input ")
        raise InputError(
            f"--set {whole}={_shown(value)}: {rule}. See `kineograph recipes NAME` for its field."
        ) from error


def _parse(text: str, hint: Any) -> Any:
    if "tuple" in str(hint):
        inner = text.strip("()[] ")
        return [_parse(item.strip(), None) for item in inner.split(",") if item.strip()]
    if text.lower() in ("none", "null"):
        return None
    try:
        return json.loads(text.lower() if text.lower() in ("true", "false") else text)
    except json.JSONDecodeError:
        return text


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def recipe_to_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain JSON; model and task carry their kind's name."""
    found = asdict(recipe)
    for part, kinds in KINDS.items():
        names = {kind: name for name, kind in kinds.items()}
        found[part] = {"kind": names[type(getattr(recipe, part))], **found[part]}
    return json.loads(json.dumps(found))


def recipe_from_json(found: dict[str, Any], where: str) -> Recipe:
    """The recipe of a run folder; a field that this version does not know is refused by name."""
    parts = dict(found)
    for part, kinds in KINDS.items():
        given = dict(parts[part])
        kind = given.pop("kind", None)
        if kind not in kinds:
            raise InputError(
                f"{where}: {part} '{kind}' is not known here; known: {', '.join(kinds)}. "
                "It was saved by another version of Kineograph: use that one."
            )
        parts[part] = _build(kinds[kind], given, f"{where}: {part}")
    parts["data"] = _build(DataConfig, parts["data"], f"{where}: data")
    parts["training"] = _build(TrainingConfig, parts["training"], f"{where}: training")
    return _build(Recipe, parts, where)


def _build(kind: type, given: dict[str, Any], where: str) -> Any:
    known = [f.name for f in fields(kind)]
    for name in given:
        if name not in known:
            raise InputError(
                f"{where}: has no field '{name}'; it has {', '.join(known)}. "
                f"Remove it, or use the version that wrote it. {nearest(name, known)}".rstrip()
            )
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise InputError(
            f"{where}: {place} {first['msg'].removeprefix('Input ')}. Mend recipe.json."
        ) from error
