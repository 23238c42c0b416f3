"""Marks to and from other programs: one module a format."""

from collections.abc import Callable
from dataclasses import dataclass

from kineograph.studio.exchange import cvat, elan, label_studio, table
from kineograph.studio.exchange.sheet import Person, Sheet


@dataclass(frozen=True)
class Format:
    """One program's files. loses: what they cannot carry, in a sentence."""

    title: str
    suffix: str
    loses: str
    write: Callable[[Sheet], str]
    read: Callable[[str, Sheet], list[Person]]


FORMATS = {
    "elan": Format("ELAN", ".eaf", elan.LOSES, elan.write, elan.read),
    "cvat": Format("CVAT for video 1.1", ".xml", cvat.LOSES, cvat.write, cvat.read),
    "label-studio": Format(
        "Label Studio", ".json", label_studio.LOSES, label_studio.write, label_studio.read
    ),
    "csv": Format("CSV", ".csv", table.LOSES, table.write, table.read),
}
