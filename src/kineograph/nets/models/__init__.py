"""The papers' networks: encoder, recurrence and head put together, each with its Config."""

from kineograph.nets.models.frame import FrameConfig
from kineograph.nets.models.lrcn import LRCNConfig
from kineograph.nets.models.pconvlstm import PConvLSTMConfig
from kineograph.nets.models.two_stream import TwoStreamConfig

MODELS = {
    "lrcn": LRCNConfig,
    "pconvlstm": PConvLSTMConfig,
    "two_stream": TwoStreamConfig,
    "frame": FrameConfig,
}
