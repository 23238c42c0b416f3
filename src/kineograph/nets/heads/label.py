"""Label head: features -> one logit a class (softmax is the loss's and the answer's business)."""

from torch import Tensor, nn

from kineograph.nets.checks import check_counts


class LabelHead(nn.Module):
    """features (.., D) -> logits (.., classes)."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        check_counts(features=features, classes=classes)
        self.dense = nn.Linear(features, classes)

    def forward(self, features: Tensor) -> Tensor:
        """features (.., D) -> logits (.., classes)."""
        return self.dense(features)
