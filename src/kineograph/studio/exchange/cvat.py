"""CVAT for video 1.1: one track a person; the box stands still, its `label` changes by frame.

Format: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/#cvat-for-videos
"""

from xml.etree import ElementTree

from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.studio.exchange.sheet import Interval, Person, Sheet, parse_xml, whole_number

LOSES = (
    "CVAT counts frames: marks are set on the frame that begins nearest, and unmarked time is "
    "written as an empty label."
)
_TRACK = "person"


def write(sheet: Sheet) -> str:
    """The text of an annotations.xml; people without a window are left out."""
    root = ElementTree.Element("annotations")
    ElementTree.SubElement(root, "version").text = "1.1"
    task = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "task")
    ElementTree.SubElement(task, "name").text = sheet.video
    ElementTree.SubElement(task, "size").text = str(len(sheet.moments))
    ElementTree.SubElement(task, "mode").text = "interpolation"
    size = ElementTree.SubElement(task, "original_size")
    ElementTree.SubElement(size, "width").text = str(sheet.width)
    ElementTree.SubElement(size, "height").text = str(sheet.height)
    for number, person in enumerate(each for each in sheet.people if each.box):
        _write_track(root, number, person, sheet)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def _write_track(root: ElementTree.Element, number: int, person: Person, sheet: Sheet) -> None:
    track = ElementTree.SubElement(root, "track", id=str(number), label=_TRACK, source="manual")
    changes = {0: ""}
    for start, end, label in person.intervals:
        first, after = sheet.frame_at(start), sheet.frame_at(end)
        if after > first:
            changes[first] = label
            changes.setdefault(after, "")
    x, y, width, height = person.box or Box(0, 0, 1, 1)
    for frame in sorted(frame for frame in changes if frame < len(sheet.moments)):
        box = ElementTree.SubElement(
            track,
            "box",
            frame=str(frame),
            outside="0",
            occluded="0",
            keyframe="1",
            xtl=f"{x:.2f}",
            ytl=f"{y:.2f}",
            xbr=f"{x + width:.2f}",
            ybr=f"{y + height:.2f}",
            z_order="0",
        )
        said = {"person": person.name, "hand": person.hand, "label": changes[frame]}
        for name, value in said.items():
            ElementTree.SubElement(box, "attribute", name=name).text = value


def read(text: str, sheet: Sheet) -> list[Person]:
    """The people of an annotations.xml: the first box of a track is its person's window.

    A track without a `person` attribute is called by its label and number. Without a `label`
    attribute it has a window and no marks.
    """
    root = parse_xml(text, "annotations", "CVAT for video 1.1")
    tracks = list(root.iter("track"))
    if not tracks and next(root.iter("image"), None) is not None:
        raise InputError("the file is CVAT for images. Export it as CVAT for video 1.1.")
    return [_read_track(track, sheet) for track in tracks]


def _read_track(track: ElementTree.Element, sheet: Sheet) -> Person:
    name, hand, label, begun = "", "", "", 0
    window: Box | None = None
    intervals: list[Interval] = []

    def close(frame: int) -> None:
        if label and frame > begun:
            intervals.append((sheet.seconds_of(begun), sheet.seconds_of(frame), label))

    what = f"track {track.get('id')}"
    boxes = sorted(track.iter("box"), key=lambda each: whole_number(each.get("frame"), what))
    for box in boxes:
        frame = whole_number(box.get("frame"), what)
        said = {a.get("name"): (a.text or "").strip() for a in box.iter("attribute")}
        outside = box.get("outside") == "1"
        if window is None and not outside:
            window = _square(box, what)
        name, hand = said.get("person") or name, said.get("hand") or hand
        now = "" if outside else said.get("label", label)
        if now != label:
            close(frame)
            label, begun = now, frame
    close(len(sheet.moments))
    return Person(name or f"{track.get('label')}{track.get('id')}", window, hand, tuple(intervals))


def _square(box: ElementTree.Element, what: str) -> Box:
    left, top, right, bottom = (
        whole_number(box.get(side), what) for side in ("xtl", "ytl", "xbr", "ybr")
    )
    return Box(left, top, right - left, bottom - top)
