"""Out and in again gives the same; what a format cannot carry, and files of others."""

import pytest

from kineograph.errors import InputError
from kineograph.media import Box
from kineograph.studio.exchange import FORMATS
from kineograph.studio.exchange.bring_in import plan_import
from kineograph.studio.exchange.sheet import Person, Sheet
from kineograph.studio.marks import Marks, Video

MOMENTS = [round(index / 30, 6) for index in range(90)]  # no whole milliseconds
VIDEO = Video("v", "a/room.mp4", "/a/room.mp4", 1, "v" * 64, 320, 240, 3.0)
ANNA = Person(
    "anna <&> ž",
    Box(10, 20, 50, 50),
    "left",
    ((MOMENTS[0], MOMENTS[20], "writing"), (MOMENTS[20], MOMENTS[41], 'drinks, "tea"')),
)
BORIS = Person("boris", Box(200, 101, 77, 77), "", ((MOMENTS[31], 3.0, "writing"),))
IDLE = Person("cvetka", Box(100, 0, 64, 64), "right")


def sheet(*people: Person) -> Sheet:
    return Sheet(VIDEO.name, VIDEO.width, VIDEO.height, VIDEO.duration_seconds, MOMENTS, people)


@pytest.mark.parametrize("name", FORMATS)
def test_out_and_in_again_is_the_same(name):
    people = [ANNA, BORIS, IDLE]
    text = FORMATS[name].write(sheet(*people))
    assert FORMATS[name].read(text, sheet()) == people
    assert FORMATS[name].write(sheet(*FORMATS[name].read(text, sheet()))) == text


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_something_else_is_one_line(name):
    for text in ("", "<html></html>", '{"a": 1}', "[1, 2]", "name;colour\nanna;red"):
        with pytest.raises(InputError) as caught:
            FORMATS[name].read(text, sheet())
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["elan", "cvat"])
def test_entities_are_refused(name):
    with pytest.raises(InputError, match="document type"):
        FORMATS[name].read('<!DOCTYPE x [<!ENTITY a "b">]><annotations/>', sheet())


def test_unknown_columns_and_bad_cells_are_named():
    read = FORMATS["csv"].read
    head = "person,label,start_seconds,end_seconds"
    with pytest.raises(InputError, match="unknown column 'strat'. Did you mean 'start'"):
        read("person,label,strat,end_seconds\n", sheet())
    with pytest.raises(InputError, match="no column 'end_seconds'"):
        read("person,label,start\n", sheet())
    with pytest.raises(InputError, match="row 2: 'soon' is not a number"):
        read(f"{head}\nanna,writing,0,soon\n", sheet())
    assert read("person;label;start;end\nanna;writing;0,5;1,5\n", sheet()) == [
        Person("anna", None, "", ((0.5, 1.5, "writing"),))
    ]


def test_a_cvat_track_that_leaves_the_picture_ends_its_label():
    box = '<box frame="{}" outside="{}" keyframe="1" xtl="1" ytl="2" xbr="41" ybr="42">{}</box>'
    label = '<attribute name="label">writing</attribute>'
    text = (
        '<annotations><track id="7" label="student">'
        + box.format(3, 0, label) + box.format(9, 1, "") + "</track></annotations>"
    )  # fmt: skip
    assert FORMATS["cvat"].read(text, sheet()) == [
        Person("student7", Box(1, 2, 40, 40), "", ((MOMENTS[3], MOMENTS[9], "writing"),))
    ]


def marks() -> Marks:
    found = Marks()
    found.videos["v"] = VIDEO
    return found


def test_an_import_paints_over_and_says_what_it_had_to_choose():
    room = marks()
    changes, notes = plan_import(room, VIDEO, [ANNA, BORIS])
    assert not notes
    room.apply(changes)
    changes, notes = plan_import(
        room, VIDEO, [Person("boris", None, "", ((1.2, 1.4, "other"),)), Person("new")]
    )
    room.apply(changes)
    assert notes == ["new has no window in the file: move the square to where they sit."]
    boris = next(w for w in room.windows.values() if w.person == "boris")
    assert boris.box == BORIS.box
    assert [m.label for m in room.of_window(boris.id)] == ["writing", "other", "writing"]


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person("anna", Box(300, 0, 50, 50)), "outside the picture of 320x240"),
        (Person("anna", Box(300, 0, 50, 40)), "outside the picture of 320x240"),
        (Person("anna", None, "", ((2.0, 4.0, "a"),)), "marked until 4.000 s, but a/room.mp4 ends"),
        (Person("anna", None, "", ((0.0, 1.0, "a"), (0.5, 2.0, "b"))), "overlap"),
    ],
)
def test_an_import_with_a_fault_changes_nothing(person, words):
    room = marks()
    with pytest.raises(InputError, match=words):
        plan_import(room, VIDEO, [BORIS, person])
    assert not room.windows and not room.marks
