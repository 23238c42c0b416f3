"""Equal care: for each cell the same search of its learning rate, then the same seeds.

Every finished training is one line of OUT/trainings.jsonl, keyed by all that decides it. Who runs
the same command again goes on with what is missing; other settings find nothing of theirs there.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.cells.systems import SYSTEMS, Opened, System, microseconds
from benchmarks.cells.training import Budget, Course, score, train
from benchmarks.cells.width import count_weights, with_equal_weights
from kineograph.errors import InputError
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.training.log import RunLog
from kineograph.training.reproduce import seed_everything

BASE = "lstm"  # its weights are everybody's, and pairs are with it
RATES = (1 / 3, 1.0, 3.0)  # of the recipe's learning rate
SEARCH_SHARE = 1 / 3  # of the seconds that a training of the table has
SEARCH_SEED = 1000  # of no training of the table

Record = dict[str, Any]


@dataclass
class BakeOff:
    """What to try, and what was found. `run` does it."""

    out: Path
    seconds: float
    seeds: int
    systems: tuple[str, ...]
    cells: tuple[str, ...]
    data: Path | None = None
    equal_steps: bool = False  # also every cell for as many steps as the LSTM made
    say: Callable[[str], None] = lambda text: None
    planned_seconds: float = 0.0  # of the processor
    done_seconds: float = 0.0  # of which so many by now
    taken: list[tuple[float, float]] = field(default_factory=list)  # processor, clock; this sitting

    def __post_init__(self) -> None:
        self.log = RunLog(self.out / "trainings.jsonl")
        self.known = {line["key"]: line for line in self.log.read()}
        for name in self.systems:
            cells = len(self.cells_of(SYSTEMS[name]))
            trainings = cells + (cells - 1 if self.equal_steps else 0)
            searches = cells * len(RATES) * SEARCH_SHARE
            self.planned_seconds += self.seconds * (searches + self.seeds * trainings)

    def cells_of(self, system: System) -> list[str]:
        """Those that were asked for and have a place in it; the LSTM first."""
        return sorted(
            (cell for cell in system.models if cell in self.cells), key=lambda cell: cell != BASE
        )


@dataclass(frozen=True)
class Contestant:
    """A cell in its place, as wide as it may be."""

    system: System
    cell: str
    recipe: Recipe
    opened: Opened


def run(bake_off: BakeOff) -> dict[str, list[Record]]:
    """All trainings that are not yet done; returns those of each system, search and table."""
    torch.set_num_threads(1)
    found = {}
    for name in bake_off.systems:
        system = SYSTEMS[name]
        bake_off.say(f"{system.title}: drawing and reading the data")
        opened = system.open(system.recipe, bake_off.out / "data" / name, bake_off.data)
        found[name] = list(_try_all(bake_off, _equals(bake_off, system, opened)))
    return found


def _equals(bake_off: BakeOff, system: System, opened: Opened) -> list[Contestant]:
    """Each cell with the LSTM's number of weights."""
    wanted = count_weights(opened.build(system.models[BASE]))
    contestants = []
    for cell in bake_off.cells_of(system):
        model = with_equal_weights(system.models[cell], opened.build, wanted)
        contestants.append(Contestant(system, cell, replace(system.recipe, model=model), opened))
    return contestants


def _try_all(bake_off: BakeOff, contestants: list[Contestant]) -> Iterator[Record]:
    """The search of every cell; then seed by seed all cells, so that what disturbs meets all."""
    fast: dict[str, Recipe] = {}
    short = Budget(seconds=bake_off.seconds * SEARCH_SHARE)
    for one in contestants:
        tried = [_trained(bake_off, one, rated, short, "search") for rated in _rated(one)]
        yield from tried
        chosen = best(tried, one.system.measure.higher_is_better)
        if chosen is None:
            bake_off.say(f"{one.system.name} {one.cell}: no learning rate ends in a finite loss")
            continue
        fast[one.cell] = _with(one.recipe, learning_rate=chosen["rate"])
    for seed in range(bake_off.seeds):
        steps = 0
        for one in (one for one in contestants if one.cell in fast):
            recipe = _with(fast[one.cell], seed=seed)
            timed = _trained(bake_off, one, recipe, Budget(seconds=bake_off.seconds), "time")
            yield timed
            if one.cell == BASE:
                steps = timed["steps"]
            elif bake_off.equal_steps and steps:
                yield _trained(bake_off, one, recipe, Budget(steps=steps), "steps")


def best(tried: list[Record], higher_is_better: bool) -> Record | None:
    """The training with the best validation measure; those that failed have none."""
    ended = [line for line in tried if line["val"] is not None]
    sign = -1 if higher_is_better else 1
    return min(ended, key=lambda line: sign * line["val"], default=None)


def _rated(one: Contestant) -> list[Recipe]:
    rate = one.recipe.training.learning_rate
    return [
        _with(one.recipe, learning_rate=float(f"{rate * times:.3g}"), seed=SEARCH_SEED)
        for times in RATES
    ]


def _with(recipe: Recipe, **training: Any) -> Recipe:
    return replace(recipe, training=replace(recipe.training, **training))


def _trained(
    bake_off: BakeOff, one: Contestant, recipe: Recipe, budget: Budget, column: str
) -> Record:
    """The record of a training: from the log if it is there, else of now."""
    settings = {
        "system": one.system.name,
        "cell": one.cell,
        "recipe": recipe_to_json(recipe),
        "budget": asdict(budget),
        "data": one.opened.about,
        "column": column,
    }
    known = json.dumps(settings, sort_keys=True).encode()
    key = hashlib.sha256(known).hexdigest()[:16]
    planned = budget.seconds or bake_off.seconds
    if key not in bake_off.known:
        began, spent = time.monotonic(), time.process_time()
        record = {"key": key, **_settled(one, recipe, column), **_learned(one, recipe, budget)}
        bake_off.taken.append((planned, time.monotonic() - began))
        record["whole_seconds"] = round(time.process_time() - spent, 2)
        bake_off.log.write(record)
        bake_off.known[key] = record
        bake_off.done_seconds += planned
        bake_off.say(_progress(bake_off, one, record))
    else:
        bake_off.planned_seconds -= planned
    return bake_off.known[key]


def _settled(one: Contestant, recipe: Recipe, column: str) -> Record:
    """What is known before it begins."""
    return {
        "system": one.system.name,
        "cell": one.cell,
        "column": column,
        "data": one.opened.about,
        "units": recipe.model.units,
        "rate": recipe.training.learning_rate,
        "seed": recipe.training.seed,
    }


def _learned(one: Contestant, recipe: Recipe, budget: Budget) -> Record:
    """Train, look, and (not in a search) test. A loss that is not finite is an answer, too."""
    opened, measure = one.opened, one.system.measure
    seed_everything(recipe.training.seed)
    network = opened.build(recipe.model)
    course = Course(recipe.task, opened.train, opened.val, recipe.training)
    found: Record = {"weights": count_weights(network), "val": None, "test": None, "steps": 0}
    try:
        spent = train(network, course, budget)
    except InputError as error:
        return found | {"problem": str(error)}
    found |= {
        "steps": spent.steps,
        "seconds": round(spent.seconds, 3),
        "looks": [[look.seconds, look.steps, measure.of(*look[2:])] for look in spent.looks],
        "val": measure.of(*spent.looks[-1][2:]),
    }
    if recipe.training.seed != SEARCH_SEED:
        found["test"] = measure.of(*score(network, course, opened.test))
        found["step_microseconds"] = microseconds(*opened.step(network))
    return found


def _progress(bake_off: BakeOff, one: Contestant, record: Record) -> str:
    """One line: what came out, and how long the rest takes at the pace of this sitting."""
    planned, clock = (sum(column) for column in zip(*bake_off.taken, strict=True))
    left = max(0.0, bake_off.planned_seconds - bake_off.done_seconds) * clock / planned
    if record["val"] is None:
        result = record["problem"]
    else:
        digits = one.system.measure.digits
        result = f"{record['steps']} steps, {one.system.measure.name} {record['val']:.{digits}f}"
    return (
        f"{one.system.name} {one.cell} {record['column']}, rate {record['rate']:g}, seed "
        f"{record['seed']}: {result}; about {left / 60:.0f} min left"
    )
