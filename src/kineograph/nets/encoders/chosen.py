"""Which encoder a configuration names: "plain", or "timm:NAME" for a pretrained one."""

from typing import Any

from kineograph.nets.encoders.plain import PlainEncoder
from kineograph.nets.encoders.pretrained import PretrainedEncoder

TIMM = "timm:"
Encoder = PlainEncoder | PretrainedEncoder


def check_encoder(encoder: str, frames_norm: str) -> None:
    """Refuse a name that is neither, and a norm in front of one that has its own: ValueError."""
    if encoder == "plain":
        return
    if not encoder.startswith(TIMM) or encoder == TIMM:
        raise ValueError(
            f"encoder={encoder!r}: must be plain, or timm: and a name. Write encoder=timm:resnet18."
        )
    if frames_norm != "none":
        raise ValueError(
            f"frames_norm={frames_norm!r}: {encoder} was trained on frames normalised its own way. "
            "Write frames_norm=none."
        )


def make_encoder(
    encoder: str, size_pixels: tuple[int, int], inputs: tuple[str, ...], **plain: Any
) -> Encoder:
    """The encoder of that name; `plain` are the numbers of a plain one. ValueError if it cannot."""
    if encoder == "plain":
        return PlainEncoder(size_pixels, inputs=inputs, **plain)
    if inputs != ("rgb",):
        raise ValueError(
            f"inputs={','.join(inputs)}: {encoder} has learned from photographs, three channels. "
            "Write data.inputs=rgb, or encoder=plain."
        )
    return PretrainedEncoder(size_pixels, name=encoder.removeprefix(TIMM))
