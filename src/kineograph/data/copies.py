"""Mirrored and noised copies: learned from beside their originals, never tested on.

A split deals originals; the copies of those on the training side are then added to it. So no copy
stands on another side than its original, and a figure is never of changed clips. The one exception
bears its paper's name: in the split "writing-paper-split" mirrored copies of tested clips are
tested, too.
"""

from collections.abc import Iterable, Sequence

from kineograph.data.annotation import Annotation
from kineograph.data.augment import Draw


def originals(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Those that are no copies."""
    return [each for each in annotations if each.copy_of is None]


def copies_of(learned: Iterable[Annotation], annotations: Sequence[Annotation]) -> list[Annotation]:
    """The copies among `annotations` of the originals that are learned from."""
    ids = {each.id for each in learned}
    return [each for each in annotations if each.copy_of in ids]


def is_mirror(copy: Annotation) -> bool:
    """Whether a copy is its original in a mirror and nothing else: no noise."""
    return copy.copy_of is not None and copy.mirrored and not copy.noise


def mirrors_of(tested: Iterable[Annotation], annotations: Sequence[Annotation]) -> list[Annotation]:
    """The copies of the tested originals that are mirrored and not noised."""
    return [each for each in copies_of(tested, annotations) if is_mirror(each)]


def with_mirrors(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Originals, and of copies the mirrors whose originals are among them."""
    found = originals(annotations)
    ids = {each.id for each in mirrors_of(found, annotations)}
    return [each for each in annotations if each.copy_of is None or each.id in ids]


def change_of(copy: Annotation) -> Draw:
    """How a copy differs from its original; its noise is drawn from its id."""
    seed = int(copy.id.rsplit("-", 1)[1], 16)
    return Draw(mirrored=copy.mirrored, noise=copy.noise, noise_seed=seed)


def describe_left_out(count: int) -> str:
    """One line for copies that are on no side."""
    return (
        f"{count} mirrored or noised copies of clips that are not learned from are left out: "
        "nothing is tuned or tested on them."
    )
