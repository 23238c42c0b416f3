"""What predictions.jsonl of a captioner says, read back."""

import json

import pytest

from kineograph.errors import InputError
from kineograph.report.captions.summary import read_described


def test_a_sentence_with_a_line_separator_stays_one_description(tmp_path):
    row = {"id": "a", "sentence": "a dog", "references": ["a dog\u2028and a cat"]}
    path = tmp_path / "predictions.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_described(path) == [row]


def test_what_is_no_description_is_said_and_nothing_is_none(tmp_path):
    path = tmp_path / "predictions.jsonl"
    assert read_described(path) == []
    path.write_text('{"sentence": "a dog", "references": []}\n{"sentence"\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2: is no description. Evaluate the run again"):
        read_described(path)
