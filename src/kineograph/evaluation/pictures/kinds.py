"""The kinds of samples that are about single pictures, by name."""

from kineograph.evaluation.pictures.kind import PictureKind
from kineograph.evaluation.regions import REGION_KIND

PICTURE_KINDS: dict[str, PictureKind] = {"regions": REGION_KIND}
