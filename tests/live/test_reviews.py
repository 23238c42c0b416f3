"""Marks are signed by whoever holds the journal, once, and verify names one that was altered."""

import json

import pytest

from kineograph.data.reviews import REVIEWS, Review, read_reviews
from kineograph.errors import InputError
from kineograph.live.evidence.alerts import read_alerts
from kineograph.live.evidence.writer import EvidenceOptions, EvidenceWriter
from kineograph.live.journal.journal import Journal
from kineograph.live.journal.reviews import seal_reviews
from kineograph.live.journal.verify import verify
from kineograph.media.frame import Box
from tests.live.alerts_kept import keep_alerts
from tests.live.drawn_camera import fields


@pytest.fixture
def evidence(tmp_path):
    return keep_alerts(tmp_path / "evidence")


def mark(folder, verdict="wrong", label=None, place=0):
    alert = read_alerts(folder)[place]
    review = Review(alert.id, alert.folder, verdict, label, "2026-02-15T08:00:00+00:00")
    with (folder / REVIEWS).open("a") as file:
        file.write(json.dumps(review.fields()) + "\n")
    return review


def reviewed(folder):
    entries = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return [each["content"]["review"] for each in entries if each["kind"] == "reviewed"]


def test_each_mark_is_signed_once_and_the_evidence_stays_whole(evidence):
    first = mark(evidence)
    for _ in range(2):
        journal = Journal(evidence)
        seal_reviews(journal)
        journal.close()
    second = mark(evidence, "right")
    journal = Journal(evidence)
    assert seal_reviews(journal) == 1
    journal.close()
    assert reviewed(evidence) == [first.fields(), second.fields()]
    found = verify(evidence)
    assert found.is_whole and not found.notes
    assert read_reviews(evidence) == {second.event: second}


def test_a_mark_that_was_altered_or_taken_out_is_named_and_an_unsigned_one_is_no_fault(evidence):
    mark(evidence)
    found = verify(evidence)
    assert found.is_whole and found.notes == ["review.jsonl: 1 marks are not signed yet"]
    journal = Journal(evidence)
    seal_reviews(journal)
    number = journal.number
    journal.close()
    path = evidence / REVIEWS
    path.write_text(path.read_text().replace("wrong", "right"))
    assert verify(evidence).faults == [
        f"the mark of entry {number} is not in review.jsonl: it was altered or taken out"
    ]
    path.unlink()
    assert not verify(evidence).is_whole


def test_a_program_that_watches_signs_what_is_marked_meanwhile(evidence):
    writer = EvidenceWriter(EvidenceOptions(evidence))
    said = mark(evidence)
    writer.camera("hall", address="0", network="none").begin(fields())  # gives it something to do
    writer.close()
    assert reviewed(evidence) == [said.fields()] and not verify(evidence).faults


def test_alerts_are_what_was_seen_and_what_retention_took_is_said(evidence):
    journal = Journal(evidence)
    gone = read_alerts(evidence)[0]
    entry = {"folder": gone.folder, "event_id": gone.id, "files": {}, "why": "old"}
    journal.append("removed-by-retention", entry)
    away = fields(9.0, 9.0, kind="camera-away", label="camera-away")
    journal.append("event", {"event": away, "folder": "hall/x/y", "files": {}, "problems": []})
    outside = {"event": fields(9.0, 9.5), "folder": "../../etc", "files": {}, "problems": []}
    journal.append("event", outside)
    journal.close()
    first, second = read_alerts(evidence)
    assert first.removed and first.clip is None and first.strip is None
    assert (evidence / str(second.clip)).is_file() and (evidence / str(second.strip)).is_file()
    assert {first.event["camera"], second.event["camera"]} == {"a", "b"}
    with pytest.raises(InputError, match=r"has no journal\.jsonl that can be read"):
        read_alerts(evidence / "a")


def test_event_json_says_which_part_of_the_picture_was_looked_at(tmp_path):
    writer = EvidenceWriter(EvidenceOptions(tmp_path))
    windows = {"door": Box(1, 2, 30, 40), "whole": None}
    camera = writer.camera("hall", address="0", network="none", windows=windows)
    for name in windows:
        camera.begin(fields(9.0, 9.0, id=name, window=name, kind="test"))
    writer.close()
    said = [json.loads(path.read_text()) for path in tmp_path.glob("*/*/*/event.json")]
    found = {each["event"]["window"]: each["window_pixels"] for each in said}
    assert found == {"door": [1, 2, 30, 40], "whole": None}


@pytest.mark.parametrize(
    ("verdict", "label", "words"),
    [("rigth", None, "Did you mean 'right'"), ("right", "dance", "only what is wrong has another")],
)
def test_what_cannot_be_said_is_refused(verdict, label, words):
    with pytest.raises(InputError, match=words):
        Review("e", "f", verdict, label, "t")


def test_a_line_that_is_no_review_is_named_and_a_torn_one_counts_for_nothing(tmp_path):
    good = Review("e", "f", "wrong", None, "t")
    line = json.dumps(good.fields()) + "\n"
    (tmp_path / REVIEWS).write_text(line + line[:20])
    assert read_reviews(tmp_path) == {"e": good}
    (tmp_path / REVIEWS).write_text(line + json.dumps(good.fields() | {"verdict": "open"}) + "\n")
    assert read_reviews(tmp_path) == {}
    (tmp_path / REVIEWS).write_text("[1]\n" + line)
    with pytest.raises(InputError, match=r"review\.jsonl line 1: is no review"):
        read_reviews(tmp_path)
