"""A table of watch.toml as a dataclass: unknown, missing and mistyped fields are said by name."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from kineograph.errors import InputError, nearest

Made = TypeVar("Made")


def read_table(
    made: type[Made],
    table: Mapping[str, Any],
    where: str,
    *,
    what: str = "it",
    beside: Collection[str] = (),
) -> Made:
    """`made(**table)`, checked. Raises InputError: `where`, then what is wrong with `what`.

    beside: further names that the whole table may have, read elsewhere. A value is never said, only
    its field: someone may have put a password there.
    """
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(table, Mapping):
        raise InputError(f"{where}: {what} is no table. Write its fields as name = value.")
    known = {each.name: each for each in fields(made)}  # type: ignore[arg-type]
    for name in table:
        if name not in known:
            hint = _instead(name, (*known, *beside))
            raise InputError(f"{where}: {what} has no field '{name}'. {hint}")
    for name, each in known.items():
        if each.default is MISSING and each.default_factory is MISSING and name not in table:
            raise InputError(f"{where}: {what} needs '{name}'. Add {name} = ….")
    try:
        return TypeAdapter(made).validate_python(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        rule = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        field = ".".join(str(part) for part in first["loc"])
        said = f"{field} {rule}. See docs/watch.md for it." if field else rule
        raise InputError(f"{where}: {said}") from None


def _instead(name: str, known: Collection[str]) -> str:
    if f"{name}_env" in known:
        return (
            f'Secrets do not stand here: write {name}_env = "VARIABLE" or {name}_file = "PATH", '
            "and put it there."
        )
    return nearest(name, known) or f"It has {', '.join(known)}."
