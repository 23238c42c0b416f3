"""How much of the time someone spends on what, with what the network's known errors leave open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.errors import InputError
from kineograph.metrics.shares import Corrected, Rates, correct_share, rates_of
from kineograph.predict.answer import PersonTimeline
from kineograph.report.answers import Answer, read_answers

NOT = ("not ", "no ", "non-", "ne ", "не ")  # how the name of all the rest begins


@dataclass(frozen=True)
class Share:
    """One label's part of one person's answered seconds."""

    label: str
    share: float
    corrected: Corrected | None  # None: too little is known of the network's errors


def label_in_question(classes: Sequence[str]) -> str | None:
    """Of 'writing' and 'not writing' the first; None where no label is the rest of another."""
    plain = [label for label in classes if not label.casefold().startswith(NOT)]
    return plain[0] if len(classes) == 2 and len(plain) == 1 else None


def colour_of(label: str, classes: Sequence[str]) -> int:
    """Its place among draw_windows.COLOURS: grey for the rest of a label in question."""
    asked = label_in_question(classes)
    return classes.index(label) + 1 if asked is None else int(label == asked)


def shares_of(
    timeline: PersonTimeline, classes: Sequence[str], tested: "KnownErrors"
) -> list[Share]:
    """The label in question alone, or every label."""
    asked = label_in_question(classes)
    labels = [asked] if asked else list(classes)
    found = []
    for label in labels:
        share = timeline.share(label)
        rates = tested.rates(label)
        found.append(Share(label, share, correct_share(share, rates) if rates else None))
    return found


class KnownErrors:
    """The people that a run was tested on, with what was answered about them."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._truths: dict[str, list[str]] = defaultdict(list)
        self._answers: dict[str, list[str]] = defaultdict(list)
        for each in answers:
            if each.person:
                self._truths[each.person] += each.truths
                self._answers[each.person] += each.answers

    def __len__(self) -> int:
        return len(self._truths)

    def rates(self, label: str) -> list[Rates]:
        """One of each person."""
        return [rates_of(self._truths[who], self._answers[who], label) for who in self._truths]


def known_errors_of(run: Path) -> KnownErrors:
    """From a run's predictions.jsonl; of a run without one, nobody."""
    try:
        return KnownErrors(read_answers(run / "predictions.jsonl"))
    except InputError:
        return KnownErrors([])
