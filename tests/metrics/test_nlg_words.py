"""What a caption's words are: the rules of the page by examples, and what holds for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.captions.words import caption_words, split_all


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A dog runs.", "a dog runs"),
        ('He said: "Stop!" -- and (slowly) left...', "he said stop and slowly left"),
        ("the dog's paw and the dogs' paws", "the dog 's paw and the dogs paws"),
        ("the dog 's paw", "the dog 's paw"),  # as Flickr8k has it
        ("I'm sure they're not; it isn't", "i 'm sure they 're not it is n't"),
        ("can't won't cannot gonna", "ca n't wo n't can not gon na"),
        ("couldn't've", "could n't 've"),
        ("a T-shirt at five o'clock", "a t-shirt at five o'clock"),
        ("a cat--dog - fight", "a cat dog fight"),
        ("1,000.50 at 10:30, or 3.", "1,000.50 at 10:30 or 3"),
        ("the U.S. flag, 50% off & more", "the u.s. flag 50 % off & more"),
        ("it\u2019s \u201cfine\u201d \u2014 really\u2026", "it 's fine really"),
        ("Кошка сидит, а ёж бежит!", "кошка сидит а ёж бежит"),
        ("cafe\u0301", "caf\u00e9"),
        ("हिन्दी में", "हिन्दी में"),
        ("  \n .,!? ", ""),
    ],
)
def test_nlg_words_by_example(text, words):
    assert caption_words(text) == tuple(words.split())


texts = st.text(st.sampled_from("abAt nTs'’.,:-–\"()0123 &%/ё\u0301\n!dmlrev"), max_size=25)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_nlg_words_joined_give_themselves(text):
    words = caption_words(text)
    assert caption_words(" ".join(words)) == words
    assert all(word and not any(c.isspace() for c in word) for word in words)


@settings(max_examples=60, deadline=None)
@given(texts, st.sampled_from([".", "!", " ?", "..", " ;", ",", '"', "\n"]))
def test_nlg_punctuation_case_and_space_change_nothing(text, mark):
    sentence = f"{text} cat"
    assert caption_words(sentence + mark) == caption_words(sentence)
    assert caption_words(f"{mark} {sentence}") == caption_words(sentence)
    assert caption_words(sentence.replace(" ", "  ")) == caption_words(sentence)
    assert caption_words(sentence.upper().lower()) == caption_words(sentence.lower())


@pytest.mark.parametrize(
    ("answers", "references", "words"),
    [
        (["a", "b"], [["a"]], "2 answers for 1 pictures.*empty sentence"),
        ([], [], "no picture to score"),
        (["a", "b"], [["a"], []], "picture 1: no reference sentence.*Leave the picture out"),
        (["a"], [["...", ""]], "picture 0: no reference sentence"),
        (["a"], ["a dog"], r"picture 0: its references are one text, 'a dog'. Give a list"),
    ],
)
def test_nlg_what_cannot_be_scored_is_said(answers, references, words):
    with pytest.raises(InputError, match=words):
        split_all(answers, references, caption_words)
