"""The kinds of samples that are about single pictures, by name."""

from kineograph.evaluation.captions.kind import CAPTION_KIND
from kineograph.evaluation.pictures.kind import PictureKind
from kineograph.evaluation.questions import QUESTION_KIND
from kineograph.evaluation.regions import REGION_KIND

PICTURE_KINDS: dict[str, PictureKind] = {
    kind.name: kind for kind in (CAPTION_KIND, QUESTION_KIND, REGION_KIND)
}
