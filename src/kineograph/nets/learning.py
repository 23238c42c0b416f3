"""Networks put to learning, of which a part may be frozen."""

from torch import nn


def set_to_learn(network: nn.Module) -> None:
    """`network.train()`, but for the parts whose parameters are all frozen: they stay as they are.

    Otherwise their batch norms would see each batch by that batch's own mean, and move with it.
    """
    network.train()
    for module in network.modules():
        own = list(module.parameters())
        if own and not any(parameter.requires_grad for parameter in own):
            module.eval()
