"""Label Studio's JSON: a video rectangle for each window, timeline labels for each mark.

Frames are counted from 1 there, and boxes are percentages of the picture. Who a timeline label
belongs to stands in the region's `meta.text`, which Label Studio shows and keeps.
Format: https://labelstud.io/tags/videorectangle and https://labelstud.io/tags/timelinelabels
"""

import json
from typing import Any

from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.studio.exchange.sheet import Interval, Person, Sheet

LOSES = (
    "Label Studio counts frames: marks are set on the frame that begins nearest. Its timeline "
    "knows no people; a mark's person stands in the region's note."
)
_NAMES = {"from_name": "timeline", "to_name": "video", "type": "timelinelabels"}


def write(sheet: Sheet) -> str:
    """The text of a JSON export with one task."""
    regions: list[dict[str, Any]] = []
    for number, person in enumerate(sheet.people):
        if person.box:
            regions.append(_rectangle(number, person, person.box, sheet))
        for place, (start, end, label) in enumerate(person.intervals):
            first, last = sheet.frame_at(start) + 1, sheet.frame_at(end)
            if last < first:
                continue
            value = {"ranges": [{"start": first, "end": last}], "timelinelabels": [label]}
            meta = {"text": [person.name]}
            regions.append({"id": f"m{number}-{place}", **_NAMES, "value": value, "meta": meta})
    task = {"data": {"video": sheet.video}, "annotations": [{"result": regions}]}
    return json.dumps([task], ensure_ascii=False, indent=1)


def _rectangle(number: int, person: Person, box: Box, sheet: Sheet) -> dict[str, Any]:
    place = {
        "frame": 1,
        "enabled": True,
        "rotation": 0,
        "time": 0,
        "x": 100 * box.x / sheet.width,
        "y": 100 * box.y / sheet.height,
        "width": 100 * box.width / sheet.width,
        "height": 100 * box.height / sheet.height,
    }
    return {
        "id": f"w{number}",
        "from_name": "window",
        "to_name": "video",
        "type": "videorectangle",
        "value": {
            "framesCount": len(sheet.moments),
            "duration": sheet.duration_seconds,
            "sequence": [place],
            "labels": [person.name],
        },
        "meta": {"text": [f"hand={person.hand}"] if person.hand else []},
    }


def read(text: str, sheet: Sheet) -> list[Person]:
    """The people of the task of this video, or of the only task.

    A timeline label without a note belongs to the only person that there is.
    """
    boxes: dict[str, tuple[Box, str]] = {}
    marks: dict[str, list[Interval]] = {}
    try:
        regions = _regions(json.loads(text), sheet.video)
        for region in regions:
            value, note = region["value"], [str(t) for t in region.get("meta", {}).get("text", [])]
            if region["type"] == "videorectangle":
                hand = next((t[5:] for t in note if t.startswith("hand=")), "")
                boxes[_name(value, region)] = (_box(value["sequence"][0], sheet), hand)
            elif region["type"] == "timelinelabels":
                who = marks.setdefault(note[0] if note else "", [])
                who += [
                    (
                        sheet.seconds_of(int(span["start"]) - 1),
                        sheet.seconds_of(int(span["end"])),
                        str(label),
                    )
                    for span in value["ranges"]
                    for label in value["timelinelabels"]
                ]
    except json.JSONDecodeError as error:
        raise InputError(f"the file is not JSON ({error.msg}). Export it again.") from None
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise InputError(
            f"the file is not Label Studio's JSON ({error!r}). Export it as JSON, not JSON-MIN."
        ) from None
    return _people(boxes, marks)


def _people(boxes: dict[str, tuple[Box, str]], marks: dict[str, list[Interval]]) -> list[Person]:
    if "" in marks:
        known = sorted((boxes.keys() | marks.keys()) - {""})
        if len(known) > 1:
            raise InputError(
                "a timeline label names no person, and there are several. Write the person into "
                "the region's note."
            )
        marks.setdefault(known[0] if known else "p1", []).extend(marks.pop(""))
    people = []
    for name in dict.fromkeys([*boxes, *marks]):
        box, hand = boxes.get(name, (None, ""))
        people.append(Person(name, box, hand, tuple(sorted(marks.get(name, [])))))
    return people


def _regions(tasks: Any, video: str) -> list[dict[str, Any]]:
    name = video.rsplit("/", 1)[-1]
    named = [task for task in tasks if str(task["data"].get("video", "")).endswith(name)]
    chosen = named or (tasks if len(tasks) == 1 else [])
    if not chosen:
        raise InputError(f"no task of the file is about {name}. Export the right project.")
    return [region for annotation in chosen[0]["annotations"] for region in annotation["result"]]


def _name(value: dict[str, Any], region: dict[str, Any]) -> str:
    return str((value.get("labels") or [region.get("id", "p1")])[0])


def _box(place: dict[str, Any], sheet: Sheet) -> Box:
    x, width = (round(place[key] * sheet.width / 100) for key in ("x", "width"))
    y, height = (round(place[key] * sheet.height / 100) for key in ("y", "height"))
    return Box(x, y, width, height)
