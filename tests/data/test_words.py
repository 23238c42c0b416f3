import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.words import END, PAD, START, UNKNOWN, Vocabulary
from kineograph.errors import InputError

WORDS = st.lists(st.sampled_from(["a", "dog", "cat", "runs", "on"]), min_size=1, max_size=9)


def test_rare_words_are_left_out_and_the_most_frequent_come_first():
    said = [["a", "dog", "runs"], ["a", "dog"], ["a", "cat"]]
    vocabulary = Vocabulary.of(said, least_count=2)
    assert vocabulary.words == ("a", "dog") and len(vocabulary) == 6
    assert vocabulary.encode(["a", "cat", "dog"]) == [4, UNKNOWN, 5]
    assert vocabulary.unknown(["cat", "a", "cat", "runs"]) == ["cat", "runs"]
    assert Vocabulary.of(said[::-1], least_count=2) == vocabulary


@given(WORDS)
def test_what_is_encoded_is_decoded_up_to_the_end(words):
    vocabulary = Vocabulary.of([words])
    numbers = [START, *vocabulary.encode(words), END, *vocabulary.encode(words[:1]), PAD]
    assert vocabulary.decode(numbers) == words
    assert all(word in vocabulary for word in words)


@pytest.mark.parametrize("words", [(), ("a", "a"), ("<end>",), ("",)])
def test_what_is_no_vocabulary_is_refused(words):
    with pytest.raises(InputError, match="vocabulary"):
        Vocabulary(words)
