"""Features of a box: a small grid of places within it, each read off the maps between their points.

    maps (D, h, w)                box -> Y x X places           features (D, Y, X)
    . . . . . .                      +---------+
    . . . . . .                      | o  o  o |                each o: the four points around it,
    . . . . . .                      | o  o  o |                weighed by how near they are
    . . . . . .                      +---------+

Where a place lies is a differentiable function of the box, and what is read there is one of place
and maps; so the loss teaches where to look (bilinear sampling, Jaderberg et al. 2015; Johnson et
al. 2016, §3.2.2 "Bilinear interpolation", instead of the pooling of Fast R-CNN).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def region_features(
    maps: Tensor, boxes: Tensor, size_pixels: tuple[int, int], places: tuple[int, int]
) -> Tensor:
    """maps (B, D, h, w), boxes (B, N, 4) in pixels of pictures (height, width) -> (B, N, D, Y, X).

    places: (Y, X), in the middles of the box's parts. A point of the maps stands for the middle of
    its pixels; beyond the outermost points their values go on.
    """
    rows, columns = places
    across = _middles(boxes[..., 0], boxes[..., 2], columns) / size_pixels[1]  # (B, N, X) of 1
    down = _middles(boxes[..., 1], boxes[..., 3], rows) / size_pixels[0]  # (B, N, Y)
    many = boxes.shape[1]
    points = torch.stack(  # grid_sample wants x and y from -1 to 1, border to border
        [
            (2 * across - 1)[:, :, None, :].expand(-1, -1, rows, -1),
            (2 * down - 1)[:, :, :, None].expand(-1, -1, -1, columns),
        ],
        -1,
    )  # (B, N, Y, X, 2)
    read = F.grid_sample(
        maps,
        points.flatten(1, 2).to(maps.dtype),  # (B, N Y, X, 2): all boxes of a picture in one call
        mode="bilinear",
        padding_mode="border",
        align_corners=False,
    )  # (B, D, N Y, X)
    return read.unflatten(2, (many, rows)).transpose(1, 2)


def _middles(first: Tensor, last: Tensor, parts: int) -> Tensor:
    steps = (torch.arange(parts, device=first.device, dtype=first.dtype) + 0.5) / parts
    return first[..., None] + (last - first)[..., None] * steps
