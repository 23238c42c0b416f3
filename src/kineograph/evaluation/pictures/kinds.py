"""The kinds of samples that are about single pictures, by name."""

from kineograph.evaluation.pictures.kind import PictureKind

PICTURE_KINDS: dict[str, PictureKind] = {}
