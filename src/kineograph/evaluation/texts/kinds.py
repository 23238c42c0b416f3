"""The kinds of experiments with whole texts, by what the network is shown."""

from kineograph.evaluation.texts.experiment import TextsKind
from kineograph.evaluation.texts.labels import LABELS_KIND
from kineograph.evaluation.texts.pairs import PAIRS_KIND

TEXTS_KINDS: dict[str, TextsKind] = {"labels": LABELS_KIND, "pairs": PAIRS_KIND}
