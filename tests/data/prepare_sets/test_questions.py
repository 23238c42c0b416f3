"""Questions in their owners' own files, drawn tiny: what is read, what one bad row costs."""

import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from kineograph.data.prepare import PREPARE_PICTURES
from kineograph.data.prepare.clevr import kind_of as clevr_kind
from kineograph.data.prepare.easy_vqa import kind_of
from kineograph.data.toy.sort_of_clevr import (
    NOT_RELATIONAL,
    RELATIONAL,
    Thing,
    draw_picture,
    draw_things,
    plain_questions,
    relational_questions,
)
from kineograph.errors import InputError


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), "red").save(path)


ROWS = [
    ["what is the blue shape?", "circle", 0],
    ["is there not a red shape?", "yes", 1],
    ["what color?", "red", 9],
    ["", "no", 0],
    ["short"],
]


def easy(folder):
    for side, rows in (
        ("train", ROWS),
        ("test", [["is there a circle?", "no", 0]]),
    ):
        for number in range(2):
            picture(folder / side / "images" / f"{number}.png")
        (folder / side / "questions.json").write_text(json.dumps(rows))
    return folder


def test_easy_vqa_keeps_its_sides_and_one_bad_row_costs_itself(tmp_path):
    done = PREPARE_PICTURES["easy-vqa"](easy(tmp_path / "src"), tmp_path / "out")
    found = done.data_folder.records
    assert [(q.kind, q.split, q.answer) for q in found] == [
        ("shape", "train", "circle"), ("absent", "train", "yes"), ("present", "test", "no"),
    ]  # fmt: skip
    empty, short, gone = done.problems
    assert empty.startswith("train/questions.json row 4: question is empty")
    assert "row 5: ['short'] is not question, answer and number" in short
    assert "train/images/9.png: not found" in gone


def test_easy_vqa_may_lie_in_one_tar(tmp_path):
    easy(tmp_path / "src")
    (tmp_path / "one").mkdir()
    with tarfile.open(tmp_path / "one" / "easy_vqa.tar", "w") as tar:
        tar.add(tmp_path / "src", arcname=".")
    done = PREPARE_PICTURES["easy-vqa"](tmp_path / "one", tmp_path / "out")
    assert done.data_folder.records[0].picture == "easy_vqa.tar/train/images/0.png"
    assert done.counts == {"test": 1, "train": 2}
    with pytest.raises(InputError, match="there is no train/questions.json in it"):
        PREPARE_PICTURES["easy-vqa"](tmp_path / "src" / "train" / "images", tmp_path / "other")


def test_easy_vqa_kinds():
    assert [kind_of("is no red shape present?", "no"), kind_of("what color is it?", "red")] == [
        "absent", "color",
    ]  # fmt: skip


def vqa(folder, before):
    asked = {
        "train2014": [(1, 9, "What?"), (2, 9, "Who?"), (3, 10, "Why?")],
        "val2014": [(4, 42, "Where?")],
        "test2015": [(5, 7, "When?")],
    }
    for part, rows in asked.items():
        questions = [
            {"question_id": number, "image_id": image, "question": text}
            for number, image, text in rows
        ]
        (folder / f"{before}OpenEnded_mscoco_{part}_questions.json").write_text(
            json.dumps({"questions": questions})
        )
        if part == "test2015":
            picture(folder / part / "COCO_test2015_000000000007.jpg")
            continue
        given = [
            {"question_id": number, "answer_type": "other",
             "answers": [{"answer": f"a{number}", "answer_id": k} for k in range(10)]}
            for number, _, _ in rows if number != 3
        ]  # fmt: skip
        (folder / f"{before}mscoco_{part}_annotations.json").write_text(
            json.dumps({"annotations": given})
        )
    picture(folder / "train2014" / "COCO_train2014_000000000009.jpg")
    picture(folder / "val2014" / "COCO_val2014_000000000042.jpg")
    return folder


@pytest.mark.parametrize(("way", "before"), [("vqa-v1", ""), ("vqa-v2", "v2_")])
def test_vqa_has_ten_answers_and_tests_what_can_be_scored(tmp_path, way, before):
    (tmp_path / "src").mkdir()
    done = PREPARE_PICTURES[way](vqa(tmp_path / "src", before), tmp_path / "out")
    found = {q.number: q for q in done.data_folder.records}
    assert set(found) == {"1", "2", "4"} and done.counts == {"test": 1, "train": 2}
    assert found["1"].answers == ("a1",) * 10 and found["1"].kind == "other"
    assert found["4"].picture == "val2014/COCO_val2014_000000000042.jpg"
    assert any("question 3: nobody answered" in problem for problem in done.problems)


def test_vqa_for_the_server_asks_what_nobody_has_answered(tmp_path):
    (tmp_path / "src").mkdir()
    source = vqa(tmp_path / "src", "v2_")
    done = PREPARE_PICTURES["vqa-v2"](source, tmp_path / "out", test="test2015")
    assert done.counts == {"test": 1, "train": 2, "val": 1}
    (last,) = [q for q in done.data_folder.records if q.split == "test"]
    assert last.answers == () and last.number == "5"
    with pytest.raises(InputError, match="test 'test': known are val2014, test2015"):
        PREPARE_PICTURES["vqa-v2"](source, tmp_path / "other", test="test")


def test_an_annotation_that_names_no_question_costs_itself(tmp_path):
    (tmp_path / "src").mkdir()
    source = vqa(tmp_path / "src", "v2_")
    file = source / "v2_mscoco_train2014_annotations.json"
    held = json.loads(file.read_text())
    file.write_text(json.dumps({"annotations": [{"answers": []}, "?", *held["annotations"]]}))
    done = PREPARE_PICTURES["vqa-v2"](source, tmp_path / "out")
    assert {q.number for q in done.data_folder.records} == {"1", "2", "4"}
    told = [problem for problem in done.problems if "no question_id in it" in problem]
    assert [problem.split(":")[0].rsplit(" ", 1)[1] for problem in told] == ["1", "2"]


def test_nlvr_has_six_orders_and_keeps_a_presentation_together(tmp_path):
    source = tmp_path / "src"
    row = {"sentence": "There is a box.", "label": "true", "identifier": "72-1", "directory": "5"}
    for part in ("train", "test"):
        for order in range(6):
            picture(source / part / "images" / "5" / f"{part}-72-1-{order}.png")
        bad = {**row, "label": "maybe", "identifier": "72-2"}
        (source / part / f"{part}.json").write_text(f"{json.dumps(row)}\n{json.dumps(bad)}\n[]\n")
    done = PREPARE_PICTURES["nlvr"](source, tmp_path / "out")
    assert done.counts == {"test": 6, "train": 6}
    assert {q.group for q in done.data_folder.records} == {"train 72", "test 72"}
    assert done.data_folder.records[0].question == "There is a box."
    told = " ".join(done.problems)
    assert "dev/dev.json: not found" in told and "train/train.json line 2: label 'maybe'" in told
    assert "train/train.json line 3: no sentence" in told


def test_clevr_kinds_are_the_last_step_of_the_program(tmp_path):
    source = tmp_path / "src"
    for part in ("train", "val"):
        picture(source / "images" / part / f"CLEVR_{part}_000000.png")
        rows = [
            {"image_filename": f"CLEVR_{part}_000000.png", "question": "How many cubes?",
             "answer": 3, "question_index": 0, "program": [{"type": "scene"}, {"type": "count"}]},
            {"question": "no picture"},
        ]  # fmt: skip
        (source / "questions").mkdir(exist_ok=True)
        (source / "questions" / f"CLEVR_{part}_questions.json").write_text(
            json.dumps({"questions": rows})
        )
    done = PREPARE_PICTURES["clevr"](source, tmp_path / "out")
    assert [(q.split, q.kind, q.answers) for q in done.data_folder.records] == [
        ("train", "count", ("3",)), ("test", "count", ("3",)),
    ]  # fmt: skip
    assert len(done.problems) == 2 and "question 2: no image_filename" in done.problems[0]
    kinds = {"less_than": "compare integer", "equal_color": "compare color",
             "query_shape": "query shape", "exist": "exist"}  # fmt: skip
    for function, kind in kinds.items():
        assert clevr_kind([{"function": function}]) == kind
    assert clevr_kind(None) is None


def test_sort_of_clevr_is_drawn_the_same_for_the_same_seed(tmp_path):
    draw = PREPARE_PICTURES["sort-of-clevr"]
    one = draw("built-in", tmp_path / "one", count=20)
    two = draw("built-in", tmp_path / "two", count=20)
    assert one.data_folder.records == two.data_folder.records and not one.problems
    assert one.counts == {"test": 40, "train": 340, "val": 20}
    kinds = [q.kind for q in one.data_folder.records]
    assert kinds.count(RELATIONAL) == kinds.count(NOT_RELATIONAL) == 200
    with pytest.raises(InputError, match="is drawn, not read. Write built-in for SRC"):
        draw(tmp_path, tmp_path / "three")


THINGS = [
    Thing("red", "square", 10, 10), Thing("green", "circle", 10, 24),
    Thing("blue", "circle", 60, 60), Thing("orange", "square", 60, 10),
    Thing("gray", "square", 30, 60), Thing("yellow", "circle", 60, 40),
]  # fmt: skip


def test_questions_of_one_scene_by_hand():
    plain = {asked.question: asked.answer for asked in plain_questions(THINGS)}
    assert plain["what is the shape of the green object?"] == "circle"
    assert plain["is the orange object on the left?"] == "no"
    assert plain["is the orange object at the top?"] == "yes"
    related = {asked.question: asked.answer for asked in relational_questions(THINGS)}
    assert related["what is the shape of the object closest to the red object?"] == "circle"
    assert related["what is the shape of the object furthest from the red object?"] == "circle"
    assert related["what is the shape of the object closest to the blue object?"] == "circle"
    assert related["how many objects have the shape of the red object?"] == "3"


def test_six_things_never_touch_and_are_all_seen():
    for seed in range(20):
        things = draw_things(np.random.default_rng(seed))
        shown = draw_picture(things)
        for place, one in enumerate(things):
            assert shown[one.y, one.x].tolist() != [255, 255, 255]
            for other in things[place + 1 :]:
                apart = max(abs(one.x - other.x), abs(one.y - other.y))
                assert apart >= 10 or (one.x - other.x) ** 2 + (one.y - other.y) ** 2 > 200
