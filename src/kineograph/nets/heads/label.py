"""Label head: features -> one logit a class (softmax is the loss's and the answer's business)."""

from torch import Tensor, nn

from kineograph.nets.checks import check_counts
from kineograph.nets.encoders.dropout import Dropout


class LabelHead(nn.Module):
    """features (.., D) -> logits (.., classes).

    hidden: units of a dense layer with ReLU before the answer, 0 for none. dropout: on the
    features, while training.
    """

    def __init__(
        self, features: int, classes: int, *, hidden: int = 0, dropout: float = 0.0
    ) -> None:
        super().__init__()
        check_counts(features=features, classes=classes)
        self.features = features
        before: list[nn.Module] = [Dropout(dropout)] if dropout else []
        if hidden:
            before += [nn.Linear(features, hidden), nn.ReLU()]
        self.before = nn.Sequential(*before)
        self.dense = nn.Linear(hidden or features, classes)

    def forward(self, features: Tensor) -> Tensor:
        """features (.., D) -> logits (.., classes)."""
        return self.dense(self.before(features))
