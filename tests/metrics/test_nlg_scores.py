"""The public nlg-eval example's figures, ROUGE-L by its definition, all scores in one table."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.captions.bleu import bleu
from kineograph.metrics.captions.cider import DocumentFrequencies, cider, cider_d
from kineograph.metrics.captions.rouge import rouge_l
from kineograph.metrics.captions.table import score_captions
from kineograph.metrics.captions.words import caption_words

sentence = st.lists(st.sampled_from("abc"), min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize("split", [caption_words, str.split])
def test_nlg_eval_example_comes_out(kineograph_data, split):
    folder = kineograph_data / "caption_scores"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    answers, *references = (
        (folder / name).read_text(encoding="utf-8").splitlines()
        for name in ("hyp.txt", "ref1.txt", "ref2.txt")
    )
    found = score_captions(answers, list(zip(*references, strict=True)), split=split)
    assert found.bleu == pytest.approx([0.550000, 0.428174, 0.284043, 0.201143], abs=5e-7)
    assert found.rouge_l == pytest.approx(0.522104, abs=5e-7)
    assert found.cider_d == pytest.approx(1.242192, abs=5e-7), "which nlg-eval calls CIDEr"
    assert found.cider == pytest.approx(0.138924, abs=5e-7)
    assert (found.pictures, found.references) == (2, (2, 2))
    assert found.corpus == "the references themselves"


def test_nlg_table_is_the_single_scores():
    answers = ["a dog runs", "two cats", ""]
    references = [["A dog ran.", "a dog runs fast"], ["two cats sleep"], ["a hat", "hat", "hats"]]
    corpus = DocumentFrequencies.of(references * 2 + [["a"]], "seven pictures")
    found = score_captions(answers, references, corpus)
    assert found.bleu == bleu(answers, references)
    assert found.rouge_l == rouge_l(answers, references)
    assert found.cider == cider(answers, references, corpus)
    assert found.cider_d == cider_d(answers, references, corpus)
    assert (found.pictures, found.references, found.corpus) == (3, (1, 3), "seven pictures")
    with pytest.raises(InputError, match="1 picture. CIDEr weighs"):
        score_captions(answers[:1], references[:1])


def by_definition(answer: str, references: list[str]) -> float:
    @cache
    def longest(one: tuple, other: tuple) -> int:
        if not one or not other:
            return 0
        if one[0] == other[0]:
            return 1 + longest(one[1:], other[1:])
        return max(longest(one[1:], other), longest(one, other[1:]))

    words = tuple(answer.split())
    several = [tuple(reference.split()) for reference in references]
    p = max(longest(words, each) / len(words) for each in several)
    r = max(longest(words, each) / len(each) for each in several)
    return (1 + 1.44) * p * r / (r + 1.44 * p) if p else 0.0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(sentence, st.lists(sentence, min_size=1, max_size=3)), min_size=1, max_size=4
    )
)
def test_nlg_rouge_l_is_its_definition(pairs):
    answers, references = zip(*pairs, strict=True)
    mean = sum(by_definition(*pair) for pair in pairs) / len(pairs)
    assert rouge_l(answers, references) == pytest.approx(mean)
    same = [[*each, answers[n]] for n, each in enumerate(references)]
    assert rouge_l(answers, same) == pytest.approx(1)


def test_nlg_rouge_l_by_hand():
    # "police … the gunman" of Lin's paper: 3 of 4 words in order, both ways
    assert rouge_l(["police kill the gunman"], [["police killed the gunman"]]) == pytest.approx(
        3 / 4
    )
    assert rouge_l(["the gunman kill police"], [["police killed the gunman"]]) == pytest.approx(
        1 / 2
    )
    assert rouge_l([""], [["a"]]) == 0.0 == rouge_l(["b"], [["a"]])
