"""A paper's numbers, one page each; `load` rebuilds the network of a run."""

from kineograph.errors import InputError, nearest
from kineograph.recipes.actors import ACTORS
from kineograph.recipes.captions import (
    DESCRIBE_CLIPS,
    FLICKR8K_SMALL,
    NEURALTALK,
    SHOW_AND_TELL,
    SHOW_ATTEND_TELL,
)
from kineograph.recipes.characters import (
    CHAR_GRU,
    CHAR_LSTM,
    CHAR_MINGRU,
    CHAR_RNN,
    SHAKESPEARE,
    STACKS,
)
from kineograph.recipes.handwriting import (
    HANDWRITING_DEMO,
    HANDWRITING_PREDICT,
    HANDWRITING_PREDICT_3,
    HANDWRITING_SYNTHESIS,
)
from kineograph.recipes.lrcn import LRCN
from kineograph.recipes.lrcn_kth import LRCN_KTH
from kineograph.recipes.lrcn_one_block import LRCN_ONE_BLOCK, LRCN_ONE_BLOCK_FRAMES
from kineograph.recipes.pconvlstm import PCONVLSTM_NTU, PCONVLSTM_SMALL
from kineograph.recipes.questions import (
    COATTENTION_VQA,
    COATTENTION_VQA_PAPER,
    SHOW_ASK_ATTEND,
    SORT_OF_CLEVR,
)
from kineograph.recipes.read_lines import HTR_LINE, MDLSTM_LINE, MDLSTM_LINE_STABLE, OCR_LINE
from kineograph.recipes.recipe import (
    Published,
    PublishedConfusion,
    Recipe,
    change,
    change_all,
    recipe_from_json,
    recipe_to_json,
)
from kineograph.recipes.regions import DENSE_CAPTION, DENSE_CAPTION_SCENES
from kineograph.recipes.texts import LABEL_TEXT, TRANSLITERATE
from kineograph.recipes.trained import Trained, load
from kineograph.recipes.two_stream_lrcn import TWO_STREAM_LRCN
from kineograph.recipes.writing import (
    WRITING_FRAME,
    WRITING_GRU,
    WRITING_GRU_SMALL,
    WRITING_MEDIAN,
    WRITING_TWO_STREAM,
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        LRCN_KTH,
        LRCN_ONE_BLOCK,
        LRCN_ONE_BLOCK_FRAMES,
        ACTORS,
        LRCN,
        TWO_STREAM_LRCN,
        PCONVLSTM_NTU,
        PCONVLSTM_SMALL,
        WRITING_GRU,
        WRITING_FRAME,
        WRITING_MEDIAN,
        WRITING_GRU_SMALL,
        WRITING_TWO_STREAM,
        OCR_LINE,
        HTR_LINE,
        MDLSTM_LINE,
        MDLSTM_LINE_STABLE,
        HANDWRITING_PREDICT,
        HANDWRITING_PREDICT_3,
        HANDWRITING_SYNTHESIS,
        HANDWRITING_DEMO,
        NEURALTALK,
        SHOW_AND_TELL,
        SHOW_ATTEND_TELL,
        FLICKR8K_SMALL,
        DESCRIBE_CLIPS,
        COATTENTION_VQA,
        SHOW_ASK_ATTEND,
        COATTENTION_VQA_PAPER,
        SORT_OF_CLEVR,
        DENSE_CAPTION,
        DENSE_CAPTION_SCENES,
        CHAR_RNN,
        CHAR_LSTM,
        CHAR_GRU,
        CHAR_MINGRU,
        SHAKESPEARE,
        STACKS,
        LABEL_TEXT,
        TRANSLITERATE,
    )
}

__all__ = [
    "RECIPES",
    "Published",
    "PublishedConfusion",
    "Recipe",
    "Trained",
    "change",
    "change_all",
    "find_recipe",
    "load",
    "recipe_from_json",
    "recipe_to_json",
]


def find_recipe(name: str) -> Recipe:
    """A recipe by name, or one line with the nearest."""
    if name not in RECIPES:
        raise InputError(
            f"{name}: no such recipe; there are {', '.join(RECIPES)}. "
            f"{nearest(name, RECIPES)}".rstrip()
        )
    return RECIPES[name]
