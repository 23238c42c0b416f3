"""Networks put to learning, of which a part may be frozen."""

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def set_to_learn(network: nn.Module) -> None:
    """`network.train()`, but a batch norm whose own numbers are frozen keeps its statistics, too.

    Otherwise what is called frozen would see each batch by that batch's mean, and come out changed.
    """
    network.train()
    for module in network.modules():
        if isinstance(module, _BatchNorm) and _frozen(module):
            module.eval()


def _frozen(norm: _BatchNorm) -> bool:
    own = list(norm.parameters())
    return bool(own) and not any(parameter.requires_grad for parameter in own)
