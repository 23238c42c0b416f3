"""Models on disk: ARPA by hand and round, what is broken said with its line, the compact form."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.decoding.arpa import escape, read_arpa, unescape, write_arpa
from kineograph.decoding.ngram import BEGIN, END, UNKNOWN
from kineograph.decoding.ngram_file import from_bytes, read_ngram, to_bytes, write_ngram
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.errors import InputError

LINES = ["der Hund", "die Kuh\u00a0da", "a\\b", "e\u0364 #\u00ad"]

BY_HAND = """\\data\\
ngram 1=5
ngram 2=3

\\1-grams:
-1.0\t<unk>
-99\t<s>\t-0.3
-0.7\t</s>
-0.5\ta\t-0.2
-0.9\t\\u0020

\\2-grams:
-0.1\t<s> a
-0.4\ta \\u0020
-0.6\ta </s>

\\end\\
"""


def written(tmp_path, text: str):
    path = tmp_path / "m.arpa"
    path.write_text(text, encoding="utf-8")
    return path


def log10(model, context, character) -> float:
    return model.log_probability(context, character) / math.log(10)


def test_an_arpa_file_by_hand(tmp_path):
    model = read_arpa(written(tmp_path, BY_HAND))
    assert model.characters == (" ", "a") and model.sizes == (5, 3)
    assert log10(model, (BEGIN,), "a") == pytest.approx(-0.1)
    assert log10(model, (BEGIN,), " ") == pytest.approx(-0.3 - 0.9)  # backs off
    assert log10(model, "a", "a") == pytest.approx(-0.2 - 0.5)
    assert log10(model, "a", "q") == pytest.approx(-0.2 - 1.0)
    assert model.score("a ") / math.log(10) == pytest.approx(-0.1 - 0.4 - 0.7)


@pytest.mark.parametrize("name", ["m.arpa", "m.lm"])
@pytest.mark.parametrize("smoothing", ["kn", "wb"])
def test_there_and_back(tmp_path, name, smoothing):
    model = learn_ngram(LINES, 4, smoothing)
    write_ngram(tmp_path / name, model)
    again = read_ngram(tmp_path / name)
    assert (again.characters, again.sizes) == (model.characters, model.sizes)
    assert np.array_equal(again.suffixes, model.suffixes)
    assert again.score_lines(LINES + ["Huhn?"]) == pytest.approx(
        model.score_lines(LINES + ["Huhn?"]), abs=0.02
    )
    assert np.allclose(again.log_probabilities, model.log_probabilities, atol=1e-4, rtol=2e-6)
    assert np.allclose(again.log_backoffs, model.log_backoffs, atol=1e-4)


@given(st.text(min_size=1, max_size=3))
def test_any_character_is_written_without_space_and_read_back(token):
    text = escape(token)
    assert len(text.split()) == 1 and text.isprintable()
    if text != "<space>":
        assert unescape(text) == token


def test_the_rule_of_escapes_is_the_stated_one():
    assert [escape(c) for c in (" ", "\\", "\u00a0", "\U000e0001", "ſ", BEGIN)] == [
        "\\u0020", "\\u005c", "\\u00a0", "\\U000e0001", "ſ", "<s>",
    ]  # fmt: skip
    assert unescape("<space>") == " "


def test_files_of_others_are_read(tmp_path):
    """A byte-order mark, Windows' line ends, words before, <UNK>, -inf, a bare NBSP."""
    text = BY_HAND.replace("<unk>", "<UNK>").replace("-1.0\t", "-inf\t")
    text = text.replace("\\u0020", "\u00a0")
    text = "\ufeffbuilt by a tool\n\n" + text
    path = tmp_path / "m.arpa"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    model = read_ngram(path)
    assert model.characters == ("a", "\u00a0")
    assert log10(model, "", UNKNOWN) == pytest.approx(-100)
    assert log10(model, "a", "\u00a0") == pytest.approx(-0.4)


def test_without_unknown_there_is_one_that_never_comes(tmp_path):
    text = BY_HAND.replace("-1.0\t<unk>\n", "").replace("ngram 1=5", "ngram 1=4")
    assert log10(read_arpa(written(tmp_path, text)), "", "q") == pytest.approx(-100)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\\data\\", "data", r"no line says .data., so it is no ARPA file"),
        ("\\end\\\n", "", r"the file ends where \\end\\ should follow. It was cut off"),
        ("ngram 2=3", "ngram 3=3", r"line 3: 'ngram 3=3' is not 'ngram 2=COUNT'"),
        ("ngram 1=5", "ngram 1=4", r"line 10: '-0.9\s+.u0020' stands where .2-grams: should"),
        ("ngram 1=5", "ngram 1=6", r"line 12: .2-grams: comes after 5 n-grams of length 1"),
        ("ngram 2=3", "ngram 2=4", r"line 17: .end. comes after 3 n-grams of length 2"),
        ("ngram 2=3", "ngram 2=2", r"line 15: '-0.6\s+a </s>' stands where .end. should"),
        ("-0.5\ta", "x\ta", r"line 9: 'x' is not a log10 number"),
        ("-0.5\ta", "nan\ta", r"line 9: 'nan' is not a log10 number"),
        ("-0.5\ta", "0.5\ta", r"line 9: 0.5 is the log10 of a probability over 1"),
        ("-0.1\t<s> a", "-0.1\ta", r"line 13: 2 fields, and an n-gram of length 2 has"),
        ("-0.1\t<s> a", "-0.1\t<s> a\t-1", r"line 13: 4 fields"),
        ("-0.1\t<s> a", "-0.1\t<s> b", r"line 13: b is not among the 1-grams"),
        ("-0.1\t<s> a", "-0.1\tb a", r"line 13: 'b', which it begins with, is not among"),
        ("-0.1\t<s> a", "-0.1\ta </s>", r"line (13|15): this n-gram stands in the file twice"),
        ("-0.5\ta", "-0.5\tthe", r"line 9: 'the' is more than one character: .* of words"),
        ("\\u0020", "\\x20", r"line 10: '.x20' has a backslash that is no"),
        ("-0.7\t</s>", "-0.7\tb", r"</s> is not among the 1-grams"),
    ],
)
def test_a_broken_arpa_file_is_one_line_with_its_number(tmp_path, old, new, words):
    assert old in BY_HAND
    with pytest.raises(InputError, match=words) as caught:
        read_arpa(written(tmp_path, BY_HAND.replace(old, new, 1)))
    assert "\n" not in str(caught.value) and "m.arpa" in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_arpa_file_with_lines_lost_or_doubled_is_read_or_refused(tmp_path_factory, data):
    lines = BY_HAND.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    change = data.draw(st.sampled_from([[], [lines[place]] * 2, [lines[place][:-1]], ["\x00"]]))
    path = tmp_path_factory.getbasetemp() / "changed.arpa"
    path.write_text("\n".join([*lines[:place], *change, *lines[place + 1 :]]), encoding="utf-8")
    try:
        assert read_arpa(path).order <= 2
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_the_compact_form_is_small_exact_and_always_the_same():
    model = learn_ngram(LINES, 6)
    content = to_bytes(model)
    assert content == to_bytes(learn_ngram(LINES, 6))
    assert to_bytes(from_bytes(content)) == content  # once rounded, nothing moves any more
    again = from_bytes(content)
    may_come = [*again.characters, END, UNKNOWN]
    total = sum(math.exp(again.log_probability("de", each)) for each in may_come)
    assert total == pytest.approx(1, abs=1e-3)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_broken_compact_file_is_one_line(data):
    content = bytearray(to_bytes(learn_ngram(LINES, 3)))
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[place:]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    try:
        assert from_bytes(bytes(content), "m.lm").order == 3  # a date, or a name that is not read
    except InputError as error:
        assert "m.lm" in str(error) and "\n" not in str(error)  # noqa: PT017


def test_files_that_are_not_there_or_are_something_else(tmp_path):
    with pytest.raises(InputError, match="gone.lm: cannot be read"):
        read_ngram(tmp_path / "gone.lm")
    with pytest.raises(InputError, match="gone.arpa: cannot be read"):
        read_arpa(tmp_path / "gone.arpa")
    (tmp_path / "latin.arpa").write_bytes(b"\\data\\\n\xe4")
    with pytest.raises(InputError, match="latin.arpa: not UTF-8 at byte 7"):
        read_ngram(tmp_path / "latin.arpa")
    with pytest.raises(InputError, match=r"m.bin: '.bin' is no form of a model. Write .lm"):
        write_ngram(tmp_path / "m.bin", learn_ngram(["a"], 2))


def test_order_one_goes_there_and_back(tmp_path):
    model = learn_ngram(["ab"], 1)
    write_arpa(tmp_path / "m.arpa", model)
    for again in (from_bytes(to_bytes(model)), read_arpa(tmp_path / "m.arpa")):
        assert again.score("ab") == pytest.approx(model.score("ab"), abs=1e-3)
