"""Recipe: a paper's numbers on one page, frozen and checked, changed by name, kept as JSON."""

import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from kineograph.data.captions.config import CaptionsConfig
from kineograph.data.characters.config import TextConfig
from kineograph.data.clips import DataConfig
from kineograph.data.ink.config import InkConfig
from kineograph.data.lines.config import LinesConfig
from kineograph.data.questions.config import QuestionsConfig
from kineograph.data.regions.config import RegionsConfig
from kineograph.data.texts.config import LabelledConfig, PairsConfig
from kineograph.errors import InputError, nearest
from kineograph.nets.models import MODELS, MODELS_OF, TwoStreamConfig
from kineograph.tasks import TASKS, TASKS_OF, LabelFrames, LabelStreams
from kineograph.training.optimise import TrainingConfig

ROUNDED = 0.06  # percents of a printed table: each may be off by this


@dataclass(frozen=True)
class PublishedConfusion:
    """A confusion table that the source printed: rows true, columns answered, in percent."""

    classes: tuple[str, ...]
    rows_percent: tuple[tuple[float, ...], ...]
    row_counts: tuple[int, ...]  # how many of each class were tested
    unit: str  # what was counted: "frames" or "seconds"
    source: str  # paper, table
    protocol: str  # data, split, which of several trainings

    def __post_init__(self) -> None:
        """Refuse what is no table of these classes."""
        size = len(self.classes)
        if {len(self.rows_percent), len(self.row_counts), *map(len, self.rows_percent)} != {size}:
            raise InputError(
                f"confusion of {self.source}: {size} classes need {size} rows of {size} percents "
                "and a count for each row. Copy the table again."
            )
        for label, row in zip(self.classes, self.rows_percent, strict=True):
            if abs(sum(row) - 100) > ROUNDED * size:
                raise InputError(
                    f"confusion of {self.source}: the row '{label}' sums to {sum(row):g}, and rows "
                    "are percents of 100. Copy the table again."
                )


@dataclass(frozen=True)
class Published:
    """A figure that the source printed, with where it stands and how it was come by."""

    figure: str  # "accuracy"
    value: float
    source: str  # paper, table and row
    protocol: str  # data, split, normalisation: whatever makes it comparable or not
    data: str = ""  # the data set's name, to compare with ours
    split: str = ""  # as DataConfig.split names it: "clip", "group", "given", …
    table: tuple[tuple[str, float, float, float], ...] = ()  # label, precision, recall, F1
    recalls: tuple[tuple[str, float], ...] = ()  # label, share of its clips that were answered so
    stream: str = ""  # of several streams the one that answered alone, as data.inputs names it
    confusion: PublishedConfusion | None = None


@dataclass(frozen=True)
class Recipe:
    """Everything that a training is made of. Classes come from the data, weights from training."""

    name: str
    about: str  # one line: what a person gets
    paper: str  # whom to cite
    data: Any  # one of DATA
    model: Any  # one of nets.models.MODELS
    task: Any  # one of tasks.TASKS
    training: TrainingConfig
    published: tuple[Published, ...] = ()
    notes: tuple[str, ...] = ()  # what the source leaves open and what was chosen
    laptop: dict[str, Any] = field(default_factory=dict)  # changes that make it small

    def __post_init__(self) -> None:
        for part, of_kinds in (("model", MODELS_OF), ("task", TASKS_OF)):
            fitting = of_kinds[self.kind]
            if type(getattr(self, part)) not in fitting.values():
                raise InputError(
                    f"{self.name}: its data are {self.kind}, and its {part} is not for them; "
                    f"these are: {', '.join(fitting)}. Take one of them, or other data."
                )
        if self.kind != "clips":
            return
        if self.data.label_per_frame != isinstance(self.task, LabelFrames):
            raise InputError(
                f"data.label_per_frame={self.data.label_per_frame}: {self.name} asks for another "
                "kind of label. Take lrcn-one-block-frames for a label per frame."
            )
        if isinstance(self.model, TwoStreamConfig) != isinstance(self.task, LabelStreams):
            raise InputError(
                f"{self.name}: two streams and the task label_streams belong together. "
                "Take the recipe two-stream-lrcn."
            )

    @property
    def kind(self) -> str:
        """What a network of it is shown: a name in DATA."""
        return next(name for name, config in DATA.items() if isinstance(self.data, config))

    def small(self) -> "Recipe":
        """The same code at laptop size."""
        return change_all(self, [f"{path}={_shown(value)}" for path, value in self.laptop.items()])


DATA = {
    "clips": DataConfig,
    "lines": LinesConfig,
    "ink": InkConfig,
    "captions": CaptionsConfig,
    "questions": QuestionsConfig,
    "regions": RegionsConfig,
    "text": TextConfig,
    "labels": LabelledConfig,
    "pairs": PairsConfig,
}
KINDS = {"data": DATA, "model": MODELS, "task": TASKS}
WORDS = (str, str | None)  # fields in which 7 is a name: a person's
CHANGEABLE = ("data", "model", "task", "training")


@dataclass(frozen=True)
class _Setting:
    """One change on its way down to its field."""

    path: tuple[str, ...]  # what is left of it: ("units",)
    value: Any
    said: str  # as it was given: "model.units=64"


def change(recipe: Recipe, path: str, value: Any) -> Recipe:
    """One field changed by its name: `change(recipe, "model.units", 64)` or with text, "64"."""
    return _apply(recipe, [_Setting(tuple(path.split(".")), value, f"{path}={_shown(value)}")])


def change_all(recipe: Recipe, settings: list[str]) -> Recipe:
    """Many changes as people write them, made at once: ["model.units=64", "training.epochs=10"]."""
    wanted = []
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"--set {setting}: has no value. Write {setting}=VALUE.")
        wanted.append(_Setting(tuple(path.strip().split(".")), value.strip(), setting))
    return _apply(recipe, wanted)


def _apply(recipe: Recipe, settings: list[_Setting]) -> Recipe:
    parts: dict[str, list[_Setting]] = {}
    for setting in settings:
        part, *rest = setting.path
        if part not in CHANGEABLE or not rest:
            raise InputError(
                f"--set {setting.said}: a recipe's changeable parts are "
                f"{', '.join(CHANGEABLE)}. Write part.field=value. "
                f"{nearest(part, CHANGEABLE)}".rstrip()
            )
        parts.setdefault(part, []).append(replace(setting, path=tuple(rest)))
    changed = {part: _changed(getattr(recipe, part), given) for part, given in parts.items()}
    return replace(recipe, **changed)


def _changed(config: Any, settings: list[_Setting]) -> Any:
    """A configuration with all its changes made together, since fields may depend on each other."""
    known = [f.name for f in fields(config)]
    hints = get_type_hints(type(config))
    new: dict[str, Any] = {}
    deeper: dict[str, list[_Setting]] = {}
    for setting in settings:
        name, *rest = setting.path
        if name not in known:
            raise InputError(
                f"--set {setting.said}: {type(config).__name__} has no field '{name}'; it has "
                f"{', '.join(known)}. {nearest(name, known)}".rstrip()
            )
        if not rest:
            new[name] = _read(setting, hints[name])
        elif is_dataclass(getattr(config, name)):
            deeper.setdefault(name, []).append(replace(setting, path=tuple(rest)))
        else:
            raise InputError(
                f"--set {setting.said}: '{name}' has no fields of its own. Stop at '{name}'."
            )
    new |= {name: _changed(getattr(config, name), given) for name, given in deeper.items()}
    try:
        return replace(config, **new)
    except ValueError as error:
        said = " ".join(setting.said for setting in settings)
        raise InputError(f"--set {said}: {error}") from error


def _read(setting: _Setting, hint: Any) -> Any:
    """Text into what the field holds: 64, 1e-3, true, none, 16,32,64."""
    value = setting.value
    parsed = _parse(value, hint) if isinstance(value, str) else value
    try:
        return TypeAdapter(hint).validate_python(parsed)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("Input ")
        raise InputError(
            f"--set {setting.said}: {rule}. See `kineograph recipes NAME` for its field."
        ) from error


def _parse(text: str, hint: Any) -> Any:
    if "tuple" in str(hint):
        inner = text.strip("()[] ")
        return [_parse(item.strip(), None) for item in inner.split(",") if item.strip()]
    if text.lower() in ("none", "null"):
        return None
    try:
        found = json.loads(text.lower() if text.lower() in ("true", "false") else text)
    except json.JSONDecodeError:
        return text
    return text if hint in WORDS and not isinstance(found, str) else found


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def recipe_to_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain JSON; data, model and task carry their kind's name."""
    found = asdict(recipe)
    for part, kinds in KINDS.items():
        names = {kind: name for name, kind in kinds.items()}
        found[part] = {"kind": names[type(getattr(recipe, part))], **found[part]}
    return json.loads(json.dumps(found))


def recipe_from_json(found: dict[str, Any], where: str) -> Recipe:
    """The recipe of a run folder; a field that this version does not know is refused by name."""
    parts = dict(found)
    for part in CHANGEABLE:
        if not isinstance(parts.get(part), dict):
            raise InputError(f"{where}: has no {part}. Copy the run again, or train anew.")
    for part, kinds in KINDS.items():
        given = dict(parts[part])
        kind = given.pop(
            "kind", "clips" if part == "data" else None
        )  # before lines, all were clips
        if kind not in kinds:
            raise InputError(
                f"{where}: {part} '{kind}' is not known here; known: {', '.join(kinds)}. "
                "It was saved by another version of Kineograph: use that one."
            )
        parts[part] = _build(kinds[kind], given, f"{where}: {part}")
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
