"""From files as people and data sets have them to annotations: PREPARE lists the ways.

PREPARE_LINES lists those that end in lines of text, PREPARE_PICTURES those that end in pictures and
what is said of them, PREPARE_INK those that end in pen strokes.
"""

from collections.abc import Callable
from functools import partial

from kineograph.data.prepare.archiscribe import prepare_archiscribe
from kineograph.data.prepare.captions_csv import prepare_captions_csv
from kineograph.data.prepare.clevr import prepare_clevr
from kineograph.data.prepare.coco_captions import prepare_coco_captions, prepare_karpathy
from kineograph.data.prepare.csv import prepare_csv
from kineograph.data.prepare.cursive import prepare_cursive
from kineograph.data.prepare.described_actors import prepare_described_actors
from kineograph.data.prepare.easy_vqa import prepare_easy_vqa
from kineograph.data.prepare.flickr8k import prepare_flickr8k
from kineograph.data.prepare.folder import prepare_folder
from kineograph.data.prepare.fonts import prepare_fonts
from kineograph.data.prepare.hmdb51 import prepare_hmdb51
from kineograph.data.prepare.iam_lines import prepare_iam_lines
from kineograph.data.prepare.iam_ondb import prepare_iam_ondb
from kineograph.data.prepare.ink_drawn import prepare_ink_drawn
from kineograph.data.prepare.inkml import prepare_inkml
from kineograph.data.prepare.kinetics_csv import prepare_kinetics_csv
from kineograph.data.prepare.kth import prepare_kth
from kineograph.data.prepare.lecture import prepare_lecture
from kineograph.data.prepare.lines import prepare_lines
from kineograph.data.prepare.lines_csv import prepare_lines_csv
from kineograph.data.prepare.nlvr import prepare_nlvr
from kineograph.data.prepare.ntu_rgbd import prepare_ntu_rgbd
from kineograph.data.prepare.pages import ALTO, PAGE_XML, prepare_pages
from kineograph.data.prepare.prepared import Prepared
from kineograph.data.prepare.prepared_ink import PreparedInk
from kineograph.data.prepare.prepared_lines import PreparedLines
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.reviewed import prepare_reviewed
from kineograph.data.prepare.scenes import prepare_scenes
from kineograph.data.prepare.sort_of_clevr import prepare_sort_of_clevr
from kineograph.data.prepare.strokes_jsonl import prepare_strokes_jsonl
from kineograph.data.prepare.surveillance_fight import prepare_surveillance_fight
from kineograph.data.prepare.svg_strokes import prepare_svg_strokes
from kineograph.data.prepare.transliteration import PreparedPairs, prepare_transliteration
from kineograph.data.prepare.ucf101 import prepare_ucf101
from kineograph.data.prepare.ut_interaction import prepare_ut_interaction
from kineograph.data.prepare.visual_genome import prepare_visual_genome
from kineograph.data.prepare.vqa import prepare_vqa

PREPARE: dict[str, Callable[..., Prepared]] = {
    "folder": prepare_folder,
    "csv": prepare_csv,
    "kth": prepare_kth,
    "ut-interaction": prepare_ut_interaction,
    "surveillance-fight": prepare_surveillance_fight,
    "ucf101": prepare_ucf101,
    "hmdb51": prepare_hmdb51,
    "ntu-rgbd": prepare_ntu_rgbd,
    "kinetics-csv": prepare_kinetics_csv,
    "lecture": prepare_lecture,
    "reviewed": prepare_reviewed,
}

PREPARE_LINES: dict[str, Callable[..., PreparedLines]] = {
    "lines": prepare_lines,
    "lines-csv": prepare_lines_csv,
    PAGE_XML: partial(prepare_pages, form=PAGE_XML),
    ALTO: partial(prepare_pages, form=ALTO),
    "iam-lines": prepare_iam_lines,
    "archiscribe": prepare_archiscribe,
    "fonts": prepare_fonts,
    "cursive": prepare_cursive,
}

PREPARE_PICTURES: dict[str, Callable[..., PreparedPictures]] = {
    "captions-csv": prepare_captions_csv,
    "flickr8k": prepare_flickr8k,
    "coco-captions": prepare_coco_captions,
    "karpathy": prepare_karpathy,
    "described-actors": prepare_described_actors,
    "easy-vqa": prepare_easy_vqa,
    "vqa-v1": partial(prepare_vqa, version="1"),
    "vqa-v2": partial(prepare_vqa, version="2"),
    "nlvr": prepare_nlvr,
    "clevr": prepare_clevr,
    "sort-of-clevr": prepare_sort_of_clevr,
    "scenes": prepare_scenes,
    "visual-genome": prepare_visual_genome,
}

PREPARE_TEXTS: dict[str, Callable[..., PreparedPairs]] = {
    "transliteration": prepare_transliteration,
}

PREPARE_INK: dict[str, Callable[..., PreparedInk]] = {
    "ink-drawn": prepare_ink_drawn,
    "iam-ondb": prepare_iam_ondb,
    "inkml": prepare_inkml,
    "strokes-jsonl": prepare_strokes_jsonl,
    "svg-strokes": prepare_svg_strokes,
}
