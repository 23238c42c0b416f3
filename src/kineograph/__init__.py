"""Kineograph: networks that read pictures in order.

>>> model = kineograph.load("runs/kth")
>>> model.predict("clip.mp4").label
'walking'
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["InputError", "Model", "Prediction", "Segment", "__version__", "load"]

if TYPE_CHECKING:
    from kineograph.errors import InputError
    from kineograph.predict.answer import Prediction, Segment
    from kineograph.predict.model import Model, load

_HOMES = {
    "InputError": "errors",
    "Model": "predict.model",
    "Prediction": "predict.answer",
    "Segment": "predict.answer",
    "load": "predict.model",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `kineograph --help` needs no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kineograph' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
