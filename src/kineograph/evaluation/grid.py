"""A grid of settings: every combination of the alternatives that a person wrote, as recipes."""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any, get_type_hints

from kineograph.errors import InputError
from kineograph.recipes import Recipe, change_all

DEALT_BY = ("split", "fractions", "seed")  # of data: they decide which clips are tested


@dataclass(frozen=True)
class Setting:
    """One combination: the changes as they are written after --set, and the recipe they make."""

    changes: tuple[str, ...]
    varied: tuple[str, ...]  # those of fields that have several alternatives
    recipe: Recipe

    @property
    def name(self) -> str:
        """As tables call it."""
        return " ".join(self.varied)


def alternatives(recipe: Recipe, setting: str) -> list[str]:
    """ "model.units=32,64" as ["model.units=32", "model.units=64"].

    Alternatives stand between commas, and between semicolons for a field that holds a list.
    """
    path, equals, values = setting.partition("=")
    if not equals:
        return [setting]  # change_all says what is wrong with it
    apart = ";" if _holds_a_list(recipe, path.strip()) else ","
    found = [value.strip() for value in values.split(apart) if value.strip()]
    return list(dict.fromkeys(f"{path.strip()}={value}" for value in found)) or [setting]


def _holds_a_list(recipe: Recipe, path: str) -> bool:
    part: Any = recipe
    *parents, last = path.split(".")
    for name in parents:
        part = getattr(part, name, None)
    if not is_dataclass(part):
        return False
    return "tuple" in str(get_type_hints(type(part)).get(last, ""))


def grid(
    recipe: Recipe,
    settings: Sequence[str],
    *,
    chance: int | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> list[Setting]:
    """Every combination that makes a recipe; with `chance`, so many of them drawn at random.

    A combination that its recipe refuses (filters without their pools) is left out with a word.
    Raises InputError if nothing has two alternatives, and if no combination is possible.
    """
    listed = [alternatives(recipe, setting) for setting in settings]
    if all(len(each) < 2 for each in listed):
        given = " ".join(f"--set {setting}" for setting in settings) or "--set"
        raise InputError(
            f"{given}: no field has two values, so there is nothing to search. Write, for "
            'example, --set model.units=32,64, and lists apart by ";": '
            '--set "model.filters=16,32;32,64".'
        )
    several = {change for each in listed if len(each) > 1 for change in each}
    found, refused = [], []
    for changes in itertools.product(*listed):
        try:
            changed = change_all(recipe, list(changes))
        except InputError as error:
            refused.append(str(error))
            continue
        varied = tuple(change for change in changes if change in several)
        found.append(Setting(changes, varied, changed))
    if not found:
        raise InputError(refused[0])
    for line in refused:
        say(f"left out: {line}")
    _check_sides_stay(found)
    if chance is not None and chance < len(found):
        drawn = random.Random(recipe.data.seed).sample(range(len(found)), chance)
        say(f"{chance} of {len(found)} settings, drawn at random")
        found = [found[place] for place in sorted(drawn)]
    return found


def _check_sides_stay(found: Sequence[Setting]) -> None:
    for name in DEALT_BY:
        values = {repr(getattr(setting.recipe.data, name)) for setting in found}
        if len(values) > 1:
            raise InputError(
                f"--set data.{name}: has {len(values)} values, and it decides which clips are "
                "tested, which nothing may be chosen by. Give it one value."
            )
