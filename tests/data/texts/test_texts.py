"""Texts read, dealt and spelled: by hand, by invariance, by what the words of an error say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.batch import Pass
from kineograph.data.texts.batch import labelled_examples
from kineograph.data.texts.config import LabelledConfig, PairsConfig, tokens_of
from kineograph.data.texts.record import TextRecord, read_texts
from kineograph.data.texts.russian import built_in_words
from kineograph.data.texts.split import same_text, split_texts
from kineograph.data.texts.tables import LETTERS, TABLES, to_cyrillic, to_latin
from kineograph.data.words import UNKNOWN, Vocabulary
from kineograph.errors import InputError
from kineograph.evaluation.texts.labels import bag_of_tokens


@pytest.mark.parametrize(
    ("table", "word", "latin"),
    [  # worked by hand from the standards' own tables
        ("gost-7.79-b", "щука", "shhuka"),
        ("gost-7.79-b", "объём", "ob``yom"),
        ("gost-7.79-b", "цирк", "cirk"),
        ("gost-7.79-b", "царь", "czar`"),
        ("gost-7.79-b", "сын", "sy'n"),
        ("bgn-pcgn", "ельцин", "yel’tsin"),
        ("bgn-pcgn", "подъезд", "pod”yezd"),
        ("bgn-pcgn", "щёлково", "shchëlkovo"),
        ("bgn-pcgn", "ёлка", "yëlka"),
        ("bgn-pcgn", "алексеев", "alekseyev"),
        ("icao-9303", "юрьев", "iurev"),
        ("icao-9303", "подъезд", "podieezd"),
        ("icao-9303", "хрущёв", "khrushchev"),
    ],
)
def test_a_word_is_spelled_as_the_standard_has_it(table, word, latin):
    assert to_latin(word, TABLES[table]) == latin


def test_every_letter_has_a_rule_and_the_greedy_way_back_is_ambiguous():
    for rules in TABLES.values():
        assert {rule.letter for rule in rules} == LETTERS
    assert to_cyrillic("shchyuka", TABLES["bgn-pcgn"]) == "щюка"  # the longest match first
    assert to_cyrillic("syn", TABLES["bgn-pcgn"]) == "сйн"  # й comes before ы, and is wrong here
    assert to_cyrillic("x-9", TABLES["icao-9303"]) == "x-9"


def test_gost_comes_back_whole():
    """The standard's system B is made to be turned round; the built-in words all come back."""
    rules = TABLES["gost-7.79-b"]
    words = built_in_words()
    assert len(words) > 2000
    assert [word for word in words if to_cyrillic(to_latin(word, rules), rules) != word] == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xy"), st.sampled_from("12345")),
        min_size=30,
        max_size=60,
    ),
    st.booleans(),
)
def test_no_text_group_or_answer_stands_on_two_sides(rows, apart):
    records = [
        TextRecord(str(place), text * 3, answer + (group if apart else ""), group)
        for place, (text, answer, group) in enumerate(rows)
    ]
    try:
        split = split_texts(records, LabelledConfig(), answers_apart=apart)
    except InputError as error:
        assert "stay together leave none for" in str(error)
        return
    for what in ("group", "text", *(["answer"] if apart else [])):
        sides = [{getattr(each, what) for each in side} for side in split.sides.values()]
        assert sum(map(len, sides)) == len(set.union(*sides))
    assert sum(map(len, split.sides.values())) == len({(r.text, r.answer) for r in records})


def test_labels_are_dealt_alike_and_a_text_twice_is_kept_once():
    records = [TextRecord(str(n), f"text {n}", "ab"[n % 4 == 0]) for n in range(400)]
    again = [TextRecord("again", " TEXT  3 ", "a")]
    split = split_texts(records + again, LabelledConfig(), answers_apart=False)
    for side, size in (("train", 280), ("val", 40), ("test", 80)):
        counts = [sum(each.answer == label for each in split.sides[side]) for label in "ab"]
        assert counts == [0.75 * size, 0.25 * size]
    assert split.remarks == ("1 of 401 stand there twice: each is kept once.",)
    assert same_text(" TEXT  3 ") == "text 3"


def test_a_given_split_loses_from_training_what_is_tested():
    rows = [("a b", "train"), ("c", "train"), ("A  b", "test"), ("d", "test")]
    records = [
        TextRecord(str(n), text, "xy"[n % 2], split=side) for n, (text, side) in enumerate(rows)
    ]
    records[2] = TextRecord("2", "A  b", "y", split="test")  # another answer: another record
    split = split_texts(records, LabelledConfig(), answers_apart=False)
    assert [each.text for each in split.train] == ["c"] and len(split.test) == 2
    assert "1 of the train side stand on a side that is asked about" in split.remarks[0]


def test_sides_that_some_rows_alone_name_are_not_heeded_and_that_is_said():
    records = [TextRecord(str(n), f"text {n}", "ab"[n % 2], split="test") for n in range(40)]
    records[7] = TextRecord("7", "text 7", "b")
    split = split_texts(records, LabelledConfig(), answers_apart=False)
    assert (split.how, len(split.train), len(split.test)) == ("text", 28, 8)
    (told,) = split.remarks
    assert told.startswith("39 of 40 texts name their split, and it is heeded where all do")


def test_a_table_a_json_file_and_folders_are_read_alike(tmp_path):
    (tmp_path / "t.csv").write_text('text,label,note\n"so, dull",bad,1\ngood,,2\nfine,good,3\n')
    (tmp_path / "t.tsv").write_text('text\tlabel\nso, "dull\tbad\nfine\tgood\n')
    (tmp_path / "t.jsonl").write_text('{"text": "so, dull", "label": "bad"}\n{oops\n')
    for label, text in (("bad", "so, dull"), ("good", "fine")):
        (tmp_path / "f" / label).mkdir(parents=True)
        (tmp_path / "f" / label / "1.txt").write_text(text)
    (tmp_path / "f" / "bad" / "2.txt").write_bytes(b"\xff\xfe")
    found = {name: read_texts(tmp_path / name, "text", "label")
             for name in ("t.csv", "t.tsv", "t.jsonl", "f")}  # fmt: skip
    first = {name: (each.records[0].text, each.records[0].answer) for name, each in found.items()}
    assert first.pop("t.tsv") == ('so, "dull', "bad")
    assert set(first.values()) == {("so, dull", "bad")}
    assert found["t.csv"].left_out == ("line 3: 'label' is empty. Fill it in.",)
    assert found["t.jsonl"].left_out[0].startswith("line 2: not JSON")
    assert "is not UTF-8" in found["f"].left_out[0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", "txt,label\na,b\n", "has no column 'text'; it has txt, label. Choose one with"),
        ("t.txt", "a", "is no .csv, .tsv, .jsonl file"),
        ("t.csv", "text,label\n", "nothing to learn from"),
        ("t.csv", "text,label,split\na,b,tset\n", "split 'tset' is none of train, val, test"),
    ],
)
def test_what_is_no_table_is_one_clear_line(name, content, told, tmp_path):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=told):
        read_texts(tmp_path / name, "text", "label")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: LabelledConfig(tokens="word"), "tokens 'word': are words or characters. Did"),
        (lambda: PairsConfig(given="a", asked="a"), "are two columns of the file"),
        (lambda: PairsConfig(longest=0), "longest 0: at least 1"),
        (lambda: LabelledConfig(fractions=(0.9, 0.1, 0.0)), "fractions 0.9, 0.1, 0: sum to 1"),
        (lambda: LabelledConfig(least_count=0), "least_count 0"),
    ],
)
def test_numbers_that_cannot_be_are_refused(make, told):
    with pytest.raises(InputError, match=told):
        make()


def test_words_that_are_not_known_have_an_entry():
    assert tokens_of("It's so.", "words") == ["it's", "so", "."]
    vocabulary = Vocabulary(("so", "dull"))
    records = [TextRecord("a", "So very dull", "x"), TextRecord("b", "dull", "y")]
    data = labelled_examples(records, vocabulary, ("x", "y"), tokens="words", longest=9)
    (batch,) = data.batches(2, Pass())
    assert batch.tokens.tolist() == [[4, UNKNOWN, 5], [5, 0, 0]]
    assert batch.targets.tolist() == [0, 1] and batch.lengths.tolist() == [3, 1]
    assert torch.equal(data.batch([1]).tokens, torch.tensor([[5]]))


def test_a_quote_that_is_never_closed_costs_one_line(tmp_path):
    table = tmp_path / "pets.csv"
    rows = ["text,label", '"two, ""in"" one",cat', '"a stray,dog', "a dog,dog", "a cat,cat", ""]
    table.write_text("\n".join(rows), encoding="utf-8")
    found = read_texts(table, "text", "label")
    assert [each.text for each in found.records] == ['two, "in" one', "a dog", "a cat"]
    (told,) = found.left_out
    assert told == "line 3: a quote is opened and never closed. Close it, or write it twice."
    table.write_text('"text,label\na,b\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1: a quote is opened and never closed"):
        read_texts(table, "text", "label")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "text;label\na;b\n", "parted by semicolons, and those of a .csv by commas"),
        ("a.csv", "text\tlabel\na\tb\n", "parted by tabs, and those of a .csv by commas"),
        ("a.tsv", "text,label\na,b\n", "parted by commas, and those of a .tsv by tabs"),
        ("a.jsonl", "[" * 100_000 + "\n", "line 1: not JSON"),
    ],
)
def test_a_table_parted_by_another_sign_is_told(name, content, told, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_texts(tmp_path / name, "text", "label")


def test_where_one_label_is_all_a_bag_of_words_says_it():
    cats = [TextRecord(f"line {place}", "a cat", "cat") for place in range(3)]
    assert bag_of_tokens(cats, cats[:2], "words") == ["cat", "cat"]
