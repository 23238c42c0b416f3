"""The papers' networks: encoder, recurrence and head put together, each with its Config."""

from collections.abc import Mapping

from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.nets.models.captioner import CaptionerConfig
from kineograph.nets.models.character_model import CharacterModelConfig
from kineograph.nets.models.coattention_vqa import CoAttentionConfig
from kineograph.nets.models.dense_caption import DenseCaptionConfig
from kineograph.nets.models.frame import FrameConfig
from kineograph.nets.models.handwriting import (
    HandwritingPredictConfig,
    HandwritingSynthesisConfig,
)
from kineograph.nets.models.line_reader import LineReaderConfig
from kineograph.nets.models.lrcn import LRCNConfig
from kineograph.nets.models.mdlstm_line import MDLSTMLineConfig
from kineograph.nets.models.pconvlstm import PConvLSTMConfig
from kineograph.nets.models.show_ask_attend import ShowAskAttendConfig
from kineograph.nets.models.text_labeller import TextLabellerConfig
from kineograph.nets.models.transliterator import TransliteratorConfig
from kineograph.nets.models.two_stream import TwoStreamConfig

OF_CLIPS = {
    "lrcn": LRCNConfig,
    "pconvlstm": PConvLSTMConfig,
    "two_stream": TwoStreamConfig,
    "frame": FrameConfig,
}
OF_LINES = {"line_reader": LineReaderConfig, "mdlstm_line": MDLSTMLineConfig}
OF_TEXT = {"character_model": CharacterModelConfig}
OF_INK = {
    "handwriting_predict": HandwritingPredictConfig,
    "handwriting_synthesis": HandwritingSynthesisConfig,
}
OF_CAPTIONS = {"captioner": CaptionerConfig, "attending_captioner": AttendingCaptionerConfig}
OF_QUESTIONS = {"coattention_vqa": CoAttentionConfig, "show_ask_attend": ShowAskAttendConfig}
OF_REGIONS = {"dense_caption": DenseCaptionConfig}
OF_LABELS = {"text_labeller": TextLabellerConfig}
OF_PAIRS = {"transliterator": TransliteratorConfig}
MODELS_OF: dict[str, Mapping[str, type]] = {  # by what they are shown
    "clips": OF_CLIPS,
    "lines": OF_LINES,
    "ink": OF_INK,
    "captions": OF_CAPTIONS,
    "questions": OF_QUESTIONS,
    "regions": OF_REGIONS,
    "text": OF_TEXT,
    "labels": OF_LABELS,
    "pairs": OF_PAIRS,
}
MODELS = {name: model for models in MODELS_OF.values() for name, model in models.items()}
