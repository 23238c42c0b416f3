"""Language, lexicon and n-best change what a network's columns become, as worked out by hand."""

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.predict.line_search import read_words
from kineograph.predict.reader import Reader
from tests.predict.two_columns import PICTURE, give_language, write_pairs, write_run

# without a language: what the two columns say. With PAIRS each text's share times the language's
# to the power of the weight, times e to the bonus a character; then all divided by their sum.
ALONE = {"a": 0.39, "": 0.25, "b": 0.24, "ab": 0.06, "ba": 0.06}
LANGUAGE = {"": 0.1, "a": 0.05, "b": 0.36, "ab": 0.36, "ba": 0.004}


def shares(weight, bonus):
    found = {
        text: share * LANGUAGE[text] ** weight * np.exp(bonus * len(text))
        for text, share in ALONE.items()
    }
    return {text: share / sum(found.values()) for text, share in found.items()}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "two").mkdir()
    return write_run(tmp_path / "two")


def read(run, **options):
    (reading,) = Reader.load(run, **options).read([PICTURE])
    return reading


def words(tmp_path, text):
    path = tmp_path / "words.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_best_path_is_nothing_and_the_best_text_is_a(folder):
    assert read(folder).text == "" and read(folder).alternatives == ()
    found = read(folder, alternatives=3)
    assert found.text == "a" and [each.text for each in found.alternatives] == ["a", "", "b"]
    assert [each.share for each in found.alternatives] == pytest.approx([0.39, 0.25, 0.24])


def test_shares_do_not_change_with_how_many_are_named(folder):
    few, many = (read(folder, alternatives=count).alternatives for count in (1, 30))
    assert few == many[:1] and len(many) == 5
    assert {each.text: each.share for each in many} == pytest.approx(ALONE)


def test_another_language_is_weighted_as_usual_where_the_run_tuned_none(folder, tmp_path):
    path = write_pairs(tmp_path / "pairs.arpa")
    reader = Reader.load(folder, language=path, alternatives=9)
    (found,) = reader.read([PICTURE])
    assert found.text == "b"  # 0.24 · 0.36^0.4 · e = 0.43 is more than a's 0.39 · 0.05^0.4 · e
    assert {each.text: each.share for each in found.alternatives} == pytest.approx(
        shares(0.4, 1.0), abs=1e-4
    )
    assert reader.search.notes == (
        f"{path}: read with weight 0.4 and bonus 1, the usual ones: two tuned none",
    )
    assert reader.search.about["weight"] == 0.4 and reader.search.about["language"] == str(path)


def test_the_runs_own_language_can_be_left_out_or_replaced_at_its_weights(folder, tmp_path):
    give_language(folder, 1.0, 0.25)
    own = read(folder, alternatives=5)
    assert own.text == "b"
    assert {each.text: each.share for each in own.alternatives} == pytest.approx(
        shares(1.0, 0.25), abs=1e-3
    )
    assert read(folder, language="none").text == ""
    reader = Reader.load(folder, language=write_pairs(tmp_path / "p.arpa"), alternatives=5)
    (other,) = reader.read([PICTURE])
    assert [each.text for each in other.alternatives] == [each.text for each in own.alternatives]
    assert "weight 1 and bonus 0.25, as the run's own was tuned" in reader.search.notes[0]


def test_a_language_that_a_run_does_not_heed_gives_no_weights(folder, tmp_path):
    give_language(folder, 0.0, 0.0)
    assert Reader.load(folder).search.language is None
    reader = Reader.load(folder, language=write_pairs(tmp_path / "p.arpa"))
    assert reader.search.language is not None and reader.search.language.weight == 0.4


@pytest.mark.parametrize(
    ("lexicon", "language", "text"),
    [
        ("a\n", False, "a"),
        ("b\n", False, ""),  # 0.25 > 0.24: no word is no wrong word
        ("ab\n", False, ""),
        ("ab\n", True, "ab"),  # 0.06 · 0.36^0.4 · e² = 0.29 is more than the empty text's 0.10
        ("\ufeff ba \r\n\r\n", True, ""),  # 0.06 · 0.004^0.4 · e² = 0.05
    ],
)
def test_a_lexicon_allows_its_words_alone(folder, tmp_path, lexicon, language, text):
    path = write_pairs(tmp_path / "p.arpa") if language else None
    found = read(folder, lexicon=words(tmp_path, lexicon), language=path, alternatives=9)
    allowed = {"", *lexicon.strip("\ufeff \r\n").split()}
    assert found.text == text and {each.text for each in found.alternatives} == allowed
    assert not found.outside_lexicon


def test_where_no_word_fits_the_line_is_read_without_it_and_says_so(folder, tmp_path):
    """A network that is sure of a in every column, where the only word is b."""
    search = Reader.load(folder, lexicon=words(tmp_path, "b\n")).search
    with np.errstate(divide="ignore"):
        line = np.log(np.array([[0.0, 1.0, 0.0]] * 3))
    (found,) = search([line])
    assert found.text_indices == (1,) and not search.is_allowed(found)


def test_words_that_cannot_be_written_are_named(folder, tmp_path):
    search = Reader.load(folder, lexicon=words(tmp_path, "a\nabc\nçb\n")).search
    assert search.notes == (
        f"{tmp_path / 'words.txt'}: 2 of 3 words have characters that the network cannot write "
        "(c ç), and are never read: 'abc', 'çb'",
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", r"words\.txt: has no word\. Give one word a line\."),
        (b"\n \n", r"words\.txt: has no word\."),
        (b"a\nb b a\n", r"words\.txt, line 2: 'b b a' is 3 words\. Give one word a line\."),
        (b"a\n\xff", r"words\.txt: not UTF-8 at byte 2\. Save it as UTF-8\."),
        (b"xyz\n", r"none of its 1 words can be written by two, for want of x y z\. Give words"),
    ],
)
def test_a_lexicon_that_is_none_is_refused(folder, tmp_path, content, told):
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        Reader.load(folder, lexicon=path)
    with pytest.raises(InputError, match=r"--lexicon .*none\.txt: cannot be read \(No such file"):
        read_words(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.txt", b"Habe nun, ach!", r"neither an \.lm nor an \.arpa file\. If it is a text, make "
         r"a model of it: kineograph lm \S+t\.txt --out \S+t\.lm"),
        ("t.lm", b"PK broken", r"t\.lm: not a whole model as `kineograph lm` writes it\."),
        ("t.arpa", b"\\data\\\nngram 1=2\n", r"t\.arpa, line 3: the file ends where"),
    ],
)  # fmt: skip
def test_a_language_that_is_none_is_refused(folder, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=told):
        Reader.load(folder, language=tmp_path / name)
    with pytest.raises(InputError, match=r"--language .*none\.lm: cannot be read \(No such file"):
        Reader.load(folder, language=tmp_path / "none.lm")


def test_a_language_of_other_letters_is_refused_and_one_of_some_is_told(tmp_path):
    path = write_pairs(tmp_path / "pairs.arpa")
    for name, characters in (("cyrillic", "где."), ("both", "abж")):
        (tmp_path / name).mkdir()
        write_run(tmp_path / name, characters)
    with pytest.raises(
        InputError, match=r"knows none of the 3 letters that cyrillic writes \(г д е"
    ):
        Reader.load(tmp_path / "cyrillic", language=path)
    assert Reader.load(tmp_path / "both", language=path).search.notes[1] == (
        f"{path}: never saw 1 letter that the network writes (ж), read only where the picture "
        "is sure"
    )
