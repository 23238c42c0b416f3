import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.text import NFC, POLICIES, Alphabet, TextPolicy, report_alphabet
from kineograph.errors import InputError

TRICKY = "aouſsﬅﬁ⸗-„“’ \u0364\u0308\u0307\u00ad\ufeff\u2003ü"
texts = st.text(st.one_of(st.sampled_from(TRICKY), st.characters(exclude_categories=["Cs"])))


@pytest.mark.parametrize("policy", POLICIES.values(), ids=str)
@given(text=texts)
def test_a_policy_done_twice_changes_nothing_and_is_always_nfc(policy, text):
    once = policy(text)
    assert policy(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(text=texts)
def test_every_way_to_write_the_same_text_becomes_one(text):
    for policy in POLICIES.values():
        assert policy(unicodedata.normalize("NFD", text)) == policy(
            unicodedata.normalize("NFC", text)
        )


@given(text=texts)
def test_what_a_policy_replaces_is_nowhere_left(text):
    modern = POLICIES["modern"](text)
    left = set(unicodedata.normalize("NFD", modern))
    assert not left & set("ſ⸗ﬁﬂﬅﬆ„“”«»‚‘’\u0364\u00ad\ufeff\u2003")
    assert not modern.startswith(" ") and not modern.endswith(" ") and "  " not in modern


@pytest.mark.parametrize(
    ("policy", "written", "read"),
    [
        ("nfc", "Fu\u0308r  ſie ", "Für ſie"),
        ("as-printed", "Fu\u0308r  ſie ", "Für  ſie "),
        ("nfc", "mu\u0364ſſen⸗", "mu\u0364ſſen⸗"),
        ("fraktur", "mu\u0364ſſen⸗", "müſſen-"),
        ("fraktur", "oﬀne „Liﬅ“", "offne „Liſt“"),
        ("modern", "Mu\u0364ſſiggang⸗ „Liﬅ“", 'Müssiggang- "List"'),
        ("modern", "ſ\u0307", "ṡ"),
    ],
)
def test_policies_by_hand(policy, written, read):
    assert POLICIES[policy](written) == read


def test_a_report_prints_what_a_policy_does():
    assert str(POLICIES["fraktur"]) == (
        "fraktur (NFC, long s kept, combining e → umlaut, ⸗ → -, ligatures → letters, "
        "single spaces)"
    )
    assert "long s → s" in str(TextPolicy("mine", long_s="s"))


@given(st.lists(texts, min_size=1).filter(lambda given: any(NFC(text) for text in given)))
def test_what_is_encoded_is_read_back(given_texts):
    spelled = [NFC(text) for text in given_texts]
    alphabet = Alphabet.of(spelled)
    assert len(alphabet) == 1 + len(set("".join(spelled)))
    for text in spelled:
        indices = alphabet.encode(text)
        assert alphabet.blank not in indices
        assert alphabet.decode(indices) == text
        assert alphabet.decode([0, *indices, 0]) == text


@given(texts, texts.filter(bool))
def test_a_grown_alphabet_keeps_every_index(old, new):
    alphabet = Alphabet.of(["a", NFC(old)])
    grown = alphabet.grown([NFC(new)])
    assert grown.encode(NFC(old)) == alphabet.encode(NFC(old))
    assert not grown.unseen(NFC(new))
    assert grown.characters[: len(alphabet) - 1] == alphabet.characters


def test_unseen_characters_are_named():
    with pytest.raises(InputError, match=r"U\+017F LATIN SMALL LETTER LONG S\). Grow"):
        Alphabet.of(["abc"]).encode("aſ")
    with pytest.raises(InputError, match="index 4: the alphabet has 0 to 3"):
        Alphabet.of(["abc"]).decode([4])


@pytest.mark.parametrize(
    ("characters", "words"),
    [
        ((), "nothing to read"),
        (("a", "a"), "is there 2 times"),
        (("ab",), "is not one character in NFC"),
        (("\u212b",), "is not one character in NFC"),  # the sign of the unit: NFC writes Å
    ],
)
def test_what_is_no_alphabet_is_refused(characters, words):
    with pytest.raises(InputError, match=words):
        Alphabet(characters)


def test_the_report_counts_by_side_and_by_group_and_names_what_training_lacks():
    report = report_alphabet(
        {
            "train": [("aab", "one"), ("a", "two"), ("c", None)],
            "val": [("b", "three")],
            "test": [("ẞ", "four")],
        }
    )
    by_character = {count.character: count for count in report.counts}
    assert dict(by_character["a"].times) == {"train": 3, "val": 0, "test": 0}
    assert by_character["a"].groups == 2 and by_character["b"].groups == 1
    assert [count.character for count in report.unseen] == ["ẞ"]
    assert report.alphabet.characters == ("a", "b", "c")
    told = "\n".join(report.lines())
    assert "Never in training, so always wrong: ẞ (U+1E9E LATIN CAPITAL LETTER SHARP S)" in told
    assert "In one group alone, 2: b (U+0062 LATIN SMALL LETTER B), c" in told
    assert "Text policy: nfc" in told


def test_a_report_needs_a_training_side():
    with pytest.raises(InputError, match="there is no train"):
        report_alphabet({"test": [("a", None)]})
