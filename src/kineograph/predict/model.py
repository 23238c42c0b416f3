"""Ask a trained network about files: the Python face, `kineograph.load("runs/x").predict(...)`."""

from collections.abc import Callable
from pathlib import Path

import torch

from kineograph.data.windows import read_windows
from kineograph.media import inspect
from kineograph.predict.answer import Prediction
from kineograph.predict.engine import fastest_engine
from kineograph.predict.features import Features, features_of
from kineograph.predict.people import Watched, predict_people, seats_of
from kineograph.predict.timeline import predict_file
from kineograph.recipes import Trained
from kineograph.recipes import load as load_trained


class Model:
    """A trained network that answers about files. Make one with `kineograph.load(run)`."""

    def __init__(self, trained: Trained, device: torch.device | None = None):
        self.trained = trained
        self.device = device or torch.device("cpu")
        self.ways = fastest_engine(trained, self.device)

    @property
    def engine(self) -> str:
        """What it is run by: torch or onnxruntime."""
        return self.ways.name

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that it can give."""
        return self.trained.classes

    def predict(
        self,
        path: str | Path,
        *,
        window_seconds: float | None = None,
        hop_seconds: float | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Prediction:
        """A label for a clip, a timeline for a long video; also for a GIF or a folder of pictures.

        A video up to one and a half times as long as the clips that were learned from is one clip.
        A longer one is read in windows of that length (`window_seconds`), each half a window after
        the one before (`hop_seconds`). Raises InputError for a file that cannot be read.
        """
        return predict_file(
            Path(path),
            self.trained,
            self.ways,
            window_seconds=window_seconds,
            hop_seconds=hop_seconds,
            progress=progress,
        )

    def predict_people(
        self,
        path: str | Path,
        windows: str | Path,
        *,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Watched:
        """A label for every second of everyone who has a line in `windows` (JSONL, annotate's).

        The video is decoded once for all of them. Raises InputError for files that cannot be read.
        """
        path, windows = Path(path), Path(windows)
        inspect(path)  # first: that it is a video at all
        return predict_people(
            path,
            seats_of(path, list(read_windows(windows).values()), windows.name),
            self.trained,
            self.ways,
            progress=progress,
        )

    def features(
        self, path: str | Path, *, progress: Callable[[int, int, str], None] | None = None
    ) -> Features:
        """What the encoder makes of every frame of a file: vectors (T, D) and their times (T,).

        Raises InputError for a file that cannot be read.
        """
        return features_of(Path(path), self.trained, device=self.device, progress=progress)


def load(run: str | Path, *, device: str = "cpu") -> Model:
    """A model from a run folder (`runs/x`) or the name of a shipped network."""
    from kineograph.training.reproduce import choose_device

    return Model(load_trained(run), choose_device(device))
