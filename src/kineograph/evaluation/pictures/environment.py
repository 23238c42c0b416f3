"""environment.json of a network that is shown pictures: what its figures came from and cost."""

from typing import Any

from torch import nn

from kineograph.data.pictures.split import PictureSplit
from kineograph.evaluation.pictures.kind import PictureExperiment
from kineograph.evaluation.pictures.sides import ids_of
from kineograph.training.reproduce import describe_environment


def picture_environment(
    job: PictureExperiment,
    network: nn.Module,
    split: PictureSplit[Any],
    *,
    problems: list[str],
    remarks: list[str],
    leakage: str | None,
    train_seconds: float | None,
) -> dict[str, Any]:
    """What the figures came from and what they cost."""
    return describe_environment(job.device) | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "notes": job.data.notes,
            "remarks": remarks,
            "n": {side: len(records) for side, records in split.sides.items()},
            "pictures": {side: len(ids_of(records)) for side, records in split.sides.items()},
            "left_out": problems,
            "split": {
                "how": split.how,
                "warning": split.warning,
                **{side: ids_of(records) for side, records in split.sides.items()},
            },
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": train_seconds and round(train_seconds, 2),
        },
        "leakage": leakage,
    }
