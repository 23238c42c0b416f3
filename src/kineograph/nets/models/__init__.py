"""The papers' networks: encoder, recurrence and head put together, each with its Config."""

from kineograph.nets.models.frame import FrameConfig
from kineograph.nets.models.lrcn import LRCNConfig

MODELS = {"lrcn": LRCNConfig, "frame": FrameConfig}
