"""The papers' networks: encoder, recurrence and head put together, each with its Config."""

from kineograph.nets.models.frame import FrameConfig
from kineograph.nets.models.handwriting import (
    HandwritingPredictConfig,
    HandwritingSynthesisConfig,
)
from kineograph.nets.models.line_reader import LineReaderConfig
from kineograph.nets.models.lrcn import LRCNConfig
from kineograph.nets.models.mdlstm_line import MDLSTMLineConfig
from kineograph.nets.models.pconvlstm import PConvLSTMConfig
from kineograph.nets.models.two_stream import TwoStreamConfig

OF_CLIPS = {
    "lrcn": LRCNConfig,
    "pconvlstm": PConvLSTMConfig,
    "two_stream": TwoStreamConfig,
    "frame": FrameConfig,
}
OF_LINES = {"line_reader": LineReaderConfig, "mdlstm_line": MDLSTMLineConfig}
OF_INK = {
    "handwriting_predict": HandwritingPredictConfig,
    "handwriting_synthesis": HandwritingSynthesisConfig,
}
MODELS_OF = {"clips": OF_CLIPS, "lines": OF_LINES, "ink": OF_INK}  # by what they are shown
MODELS = {name: model for models in MODELS_OF.values() for name, model in models.items()}
