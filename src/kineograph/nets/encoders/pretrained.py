"""An encoder that has learned from photographs already, out of the timm library (optional).

    pip install 'kineograph[pretrained]'
    --set model.encoder=timm:resnet18

timm is imported here, and only when such an encoder is asked for.
"""

from typing import Any

import torch
from torch import Tensor, nn

from kineograph.nets.encoders.resnet3d import ResNet3d


class PretrainedEncoder(nn.Module):
    """frames (M, 3, H, W), uint8 or floats in [0, 1] -> features (M, D), by a network of timm.

    It is made with first weights of its own; `take_pretrained` fetches the learned ones. So a
    trained run is read back without the net. Raises ValueError for what timm does not have.
    """

    mean: Tensor  # (3, 1, 1) of the photographs it has learned from, in [0, 1]
    std: Tensor

    def __init__(self, size_pixels: tuple[int, int], *, name: str) -> None:
        super().__init__()
        self.size_pixels = size_pixels
        self.name = name
        self.body = _made(name, pretrained=False)
        config = _timm(name).data.resolve_model_data_config(self.body)
        # What it was trained with. Known from the name: not kept beside the weights.
        for key in ("mean", "std"):
            value = torch.tensor(config[key], dtype=torch.float32)[:, None, None]
            self.register_buffer(key, value, persistent=False)
        self.features = self._features()

    def forward(self, frames: Tensor) -> Tensor:
        """frames (M, 3, H, W), uint8 or floats in [0, 1] -> features (M, D)."""
        return self.body(self._normalised(frames))

    def maps(self, frames: Tensor) -> Tensor:
        """The last features before they are pooled: (M, D, h, w). ValueError if it has no grid."""
        body: Any = self.body
        found: Tensor = body.forward_features(self._normalised(frames))
        if found.dim() != 4:
            raise ValueError(
                f"encoder=timm:{self.name}: gives {tuple(found.shape[1:])} numbers a picture, and "
                "no grid to look at. Take a convolutional one: timm:resnet18."
            )
        return found

    def _normalised(self, frames: Tensor) -> Tensor:
        if tuple(frames.shape[2:]) != tuple(self.size_pixels):
            (height, width), (given_height, given_width) = self.size_pixels, frames.shape[2:]
            raise ValueError(
                f"frames of {given_height}x{given_width} pixels: this network was built for "
                f"{height}x{width}. Resize them."
            )
        pixels = frames / 255 if frames.dtype == torch.uint8 else frames
        return (pixels - self.mean) / self.std

    def take_pretrained(self) -> None:
        """Fetch the weights that were learned from photographs (timm keeps them on disk)."""
        self.body.load_state_dict(_made(self.name, pretrained=True).state_dict())

    def _features(self) -> int:
        height, width = self.size_pixels
        training = self.body.training
        try:
            with torch.inference_mode():
                found = self.body.eval()(torch.zeros(1, 3, height, width))
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(
                f"encoder=timm:{self.name}: cannot read frames of {height}x{width} pixels "
                f"({reason}). Set data.size_pixels to what it was trained with, often 224,224."
            ) from error
        self.body.train(training)
        return found.shape[1]


def take_pretrained(network: nn.Module) -> None:
    """Fetch the learned weights of every such encoder in a new network; others stay as drawn."""
    for part in network.modules():
        if isinstance(part, PretrainedEncoder):
            part.take_pretrained()
        elif isinstance(part, ResNet3d) and part.learned_as:
            inflate_pretrained(part)


def inflate_pretrained(encoder: ResNet3d) -> None:
    """The weights of a 2D ResNet that has learned from photographs, made 3D. ValueError if not."""
    name = encoder.learned_as
    learned = _made(name, pretrained=True)
    try:
        encoder.load_2d(learned.state_dict())
    except ValueError as error:
        raise ValueError(f"encoder=timm:{name}: {error}") from error
    config = _timm(name).data.resolve_model_data_config(learned)
    if encoder.pixels.inputs == ("rgb",):  # numbers of motion have their own zero and spread
        for key in ("mean", "std"):
            getattr(encoder, key).copy_(torch.tensor(config[key])[:, None, None])


def _timm(name: str) -> Any:
    try:
        import timm
    except ImportError as error:
        raise ValueError(
            f"encoder=timm:{name}: needs the library timm, which is not installed here. "
            "Run: pip install 'kineograph[pretrained]', or write encoder=plain."
        ) from error
    return timm


def _made(name: str, *, pretrained: bool) -> nn.Module:
    timm = _timm(name)
    try:
        return timm.create_model(name, pretrained=pretrained, num_classes=0)
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        remedy = (
            "Look whether this machine reaches the net, or take a name with weights: "
            "timm.list_models(pretrained=True)."
            if pretrained
            else "Known names: python -c 'import timm; print(timm.list_models())'."
        )
        raise ValueError(
            f"encoder=timm:{name}: timm cannot make it ({reason}). {remedy}"
        ) from error
