"""What a caption's words are, written down once for every caption score.

Like the Penn Treebank tokeniser that the field uses (Stanford's, lower case, punctuation dropped):

1. Unicode NFC, lower case; typographic apostrophes become plain ones.
2. A word is a run of anything but white space and punctuation. A single hyphen or apostrophe within
   a word belongs to it (t-shirt, o'clock); numbers keep their points, commas and colons (1,000.5,
   10:30); single letters with full stops are one word (u.s.).
3. Clitics are words of their own: dog 's, i 'm, they 're, do n't, ca n't; so are both halves of
   cannot, gonna, gotta, wanna, gimme, lemme.
4. . , ; : ? ! - -- … quotation marks, lone apostrophes and brackets are dropped; other signs
   (& % $ # + / and so on) are words.

What it yields, joined by spaces, yields itself again. Unlike Stanford's it drops every bracket,
does not rewrite British spellings, knows no titles (mr. is mr) and takes a slash for a word; it is
not that program and does not yield its words letter for letter. Scripts that write without spaces
are not parted.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from kineograph.errors import InputError

Words = tuple[str, ...]
Split = Callable[[str], Sequence[str]]

_SIGNS = r"""\s!-/:-@\[-^`{-~…–—−‐‑“”„‟‘’‚‹›«»¿¡、。，！？；：（）「」"""
_LETTER = rf"[^{_SIGNS}]"
_TOKEN = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}"  # u.s.
    rf"|\d+(?:[.,:]\d+)+(?!{_LETTER})"  # 1,000.5
    rf"|'(?:s|m|d|ll|re|ve)(?!{_LETTER})"  # a clitic that stands alone: dog 's
    rf"|{_LETTER}+(?:[-'‐‑]{_LETTER}+)*"
    r"|\S"
)
_DROPPED = frozenset(".,;:?!-'\"`()[]{}<>…–—−‐‑“”„‟‘’‚‹›«»¿¡、。，！？；：（）「」")
_CLITIC = re.compile(r"(.+?)(n't|'(?:s|m|d|ll|re|ve))")
_HALVES = {
    "cannot": ("can", "not"),
    "gonna": ("gon", "na"),
    "gotta": ("got", "ta"),
    "wanna": ("wan", "na"),
    "gimme": ("gim", "me"),
    "lemme": ("lem", "me"),
}


def caption_words(text: str) -> Words:
    """The words of a caption, as said above."""
    plain = unicodedata.normalize("NFC", text.lower()).replace("\u2019", "'").replace("\u02bc", "'")
    return tuple(
        word for token in _TOKEN.findall(plain) if token not in _DROPPED for word in _parted(token)
    )


def _parted(token: str) -> Words:
    if token in _HALVES:
        return _HALVES[token]
    found = _CLITIC.fullmatch(token)
    return (*_parted(found[1]), found[2]) if found else (token,)


def split_all(
    answers: Sequence[str], references: Sequence[Sequence[str]], split: Split
) -> list[tuple[Words, list[Words]]]:
    """Each picture's answer and references as words. Raises InputError.

    An empty answer is an answer; a picture without a reference cannot be scored.
    """
    if len(answers) != len(references):
        raise InputError(
            f"{len(answers)} answers for {len(references)} pictures: one for each is needed. "
            "Give an empty sentence where there is none."
        )
    if not answers:
        raise InputError("no picture to score. Give at least one answer with its references.")
    return [
        (tuple(split(answer)), reference_words(number, sentences, split))
        for number, (answer, sentences) in enumerate(zip(answers, references, strict=True))
    ]


def reference_words(number: int, sentences: Sequence[str], split: Split) -> list[Words]:
    """The references of picture `number` as words; those without a word are none."""
    if isinstance(sentences, str):
        raise InputError(
            f"picture {number}: its references are one text, '{sentences[:40]}'. Give a list of "
            "sentences, [text] for a single one."
        )
    found = [words for words in (tuple(split(sentence)) for sentence in sentences) if words]
    if not found:
        raise InputError(
            f"picture {number}: no reference sentence with a word in it. Leave the picture out."
        )
    return found
