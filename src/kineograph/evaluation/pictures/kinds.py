"""The kinds of samples that are about single pictures, by name."""

from kineograph.evaluation.captions.kind import CAPTION_KIND
from kineograph.evaluation.pictures.kind import PictureKind

PICTURE_KINDS: dict[str, PictureKind] = {"captions": CAPTION_KIND}
