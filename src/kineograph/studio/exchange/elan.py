"""ELAN's .eaf: one tier a person, times in whole milliseconds, windows as a property of the header.

Format: https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf
"""

import json
from collections.abc import Iterable
from xml.etree import ElementTree

from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.studio.exchange.sheet import Interval, Person, Sheet, parse_xml, whole_number

LOSES = "ELAN rounds times to milliseconds; it shows no windows, but keeps them in its header."
_WINDOWS = "kineograph:windows"
_TYPE = "label"


def write(sheet: Sheet) -> str:
    """The text of an .eaf file."""
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        AUTHOR="kineograph",
        DATE="2000-01-01T00:00:00+00:00",  # ELAN wants one; equal marks shall be equal files
        FORMAT="3.0",
        VERSION="3.0",
    )
    header = ElementTree.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    name = sheet.video.rsplit("/", 1)[-1]
    ElementTree.SubElement(
        header,
        "MEDIA_DESCRIPTOR",
        MEDIA_URL=f"file:///{sheet.video}",
        RELATIVE_MEDIA_URL=f"./{name}",
        MIME_TYPE="video/mp4" if name.lower().endswith(".mp4") else "unknown",
    )
    windows = {
        person.name: {"window": list(person.box), "hand": person.hand}
        for person in sheet.people
        if person.box
    }
    ElementTree.SubElement(header, "PROPERTY", NAME=_WINDOWS).text = json.dumps(
        windows, ensure_ascii=False
    )
    order = ElementTree.SubElement(root, "TIME_ORDER")
    count = 0
    for person in sheet.people:
        tier = ElementTree.SubElement(
            root, "TIER", TIER_ID=person.name, PARTICIPANT=person.name, LINGUISTIC_TYPE_REF=_TYPE
        )
        for start, end, label in person.intervals:
            slots = [f"ts{2 * count + 1}", f"ts{2 * count + 2}"]
            for slot, seconds in zip(slots, (start, end), strict=True):
                ElementTree.SubElement(
                    order, "TIME_SLOT", TIME_SLOT_ID=slot, TIME_VALUE=str(round(seconds * 1000))
                )
            count += 1
            place = ElementTree.SubElement(
                ElementTree.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                ANNOTATION_ID=f"a{count}",
                TIME_SLOT_REF1=slots[0],
                TIME_SLOT_REF2=slots[1],
            )
            ElementTree.SubElement(place, "ANNOTATION_VALUE").text = label
    ElementTree.SubElement(root, "LINGUISTIC_TYPE", LINGUISTIC_TYPE_ID=_TYPE, TIME_ALIGNABLE="true")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def read(text: str, sheet: Sheet) -> list[Person]:
    """The people of an .eaf file; a tier's participant, or else its name, is the person.

    Times within a millisecond of a frame's begin are set on it.
    """
    root = parse_xml(text, "ANNOTATION_DOCUMENT", "an ELAN .eaf file")
    slots = {
        slot.get("TIME_SLOT_ID", ""): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")
    }
    windows = _windows(root.iter("PROPERTY"))
    found: dict[str, list[Interval]] = {}
    for tier in root.iter("TIER"):
        name = (tier.get("PARTICIPANT") or tier.get("TIER_ID") or "").strip()
        kept = found.setdefault(name, [])
        for place in tier.iter("ALIGNABLE_ANNOTATION"):
            label = (place.findtext("ANNOTATION_VALUE") or "").strip()
            if not label:
                continue  # a stretch that nobody named says nothing
            start, end = (
                _seconds(slots.get(place.get(f"TIME_SLOT_REF{side}", "")), name, sheet)
                for side in (1, 2)
            )
            kept.append((start, end, label))
    return [
        Person(name, *windows.get(name, (None, "")), tuple(sorted(intervals)))
        for name, intervals in found.items()
    ]


def _seconds(milliseconds: str | None, name: str, sheet: Sheet) -> float:
    if milliseconds is None:
        raise InputError(
            f"tier '{name}': an annotation has no time of its own. In ELAN, align it first."
        )
    seconds = whole_number(milliseconds, f"a time in tier '{name}'") / 1000
    if sheet.moments:
        true = sheet.seconds_of(sheet.frame_at(seconds))
        if abs(true - seconds) <= 0.001:
            return true
    return seconds


def _windows(properties: Iterable[ElementTree.Element]) -> dict[str, tuple[Box | None, str]]:
    for each in properties:
        if each.get("NAME") == _WINDOWS:
            try:
                said = json.loads(each.text or "{}")
                return {
                    name: (Box(*value["window"]), value["hand"]) for name, value in said.items()
                }
            except (ValueError, TypeError, KeyError, AttributeError):
                raise InputError(
                    f"the header's {_WINDOWS} cannot be read. Remove it: the windows can be drawn."
                ) from None
    return {}
