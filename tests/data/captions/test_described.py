"""Pictures with their sentences: what is kept, what is refused and in which words."""

import json

import pytest

from kineograph.data.captions.config import CaptionsConfig
from kineograph.data.captions.described import (
    DescribedPicture,
    described_from_fields,
    read_captions,
    write_captions,
)
from kineograph.errors import InputError


def test_what_is_written_is_read_again(tmp_path):
    every = [
        DescribedPicture("a.tar/1.jpg", ("A dog .", "Two dogs ."), group="park", split="train"),
        DescribedPicture("2.jpg", ("Cafe\u0301",)),
    ]
    write_captions(tmp_path / "captions.jsonl", every)
    assert read_captions(tmp_path / "captions.jsonl") == every
    assert every[1].sentences == ("Café",)  # in NFC
    assert every[0].id != every[1].id and every[0].id == DescribedPicture("a.tar/1.jpg", ("x",)).id


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"picture": "1.jpg"}, "no 'sentences': every described picture needs one. Add it."),
        ({"picture": "1.jpg", "sentences": []}, "1.jpg: no sentence. Write one, or leave the"),
        ({"picture": "1.jpg", "sentences": "A dog"}, "is not a list. Write [text] for a single."),
        ({"picture": "1.jpg", "sentences": [" "]}, "1.jpg: a sentence is empty. Write it, or"),
        ({"picture": "1.jpg", "sentences": [3]}, "sentence 3 is not a text. Put it in quotes."),
        ({"picture": " ", "sentences": ["A"]}, "picture is empty. Write one, or leave the field"),
        ({"picture": "1.jpg", "sentences": ["A"], "split": "tain"}, "Did you mean 'train'?"),
        ({"picture": "1.jpg", "sentence": ["A"]}, "unknown field 'sentence'. Did you mean 'sente"),
    ],
)
def test_what_describes_no_picture_is_refused(given, words):
    with pytest.raises(InputError) as error:
        described_from_fields(given)
    assert words in str(error.value)


def test_a_picture_in_two_lines_is_told_with_both_numbers(tmp_path):
    row = json.dumps({"picture": "1.jpg", "sentences": ["A dog."]})
    (tmp_path / "captions.jsonl").write_text(f"{row}\n{row}\n")
    with pytest.raises(InputError) as error:
        read_captions(tmp_path / "captions.jsonl")
    assert "line 2: 1.jpg: is in line 1 already. Write all its sentences there." in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"size_pixels": 4}, "size_pixels 4: nothing can be told in it. Write 8 or more."),
        ({"fit": "stretch"}, "fit 'stretch': known are crop, squash. Write fit=crop."),
        ({"least_count": 0}, "least_count 0: must be 1 or more. Raise it."),
        ({"longest": 1}, "longest 1: must be 2 or more. Raise it."),
        ({"split": "clip"}, "split 'clip': known are auto, given, group, picture."),
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong, words):
    with pytest.raises(InputError) as error:
        CaptionsConfig(**wrong)
    assert words in str(error.value)
