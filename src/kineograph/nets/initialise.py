"""First weights as Keras draws them; the papers of the field that name a tool mostly name Keras.

Glorot uniform kernels (Glorot & Bengio 2010), orthogonal recurrent kernels (Saxe et al. 2014),
forget gates that start open (Jozefowicz et al. 2015), all other biases zero.
"""

import torch
from torch import nn

from kineograph.nets.cells import ConvLSTMCell, GRUCell, LSTMCell, RNNCell

BESIDE_TORCH = (  # what, as Keras starts (and its papers with it), as torch does
    ("convolution, dense", "Glorot uniform, bias 0", "Kaiming uniform (a = √5), bias uniform"),
    ("recurrent input kernel", "Glorot uniform", "uniform ± 1/√units"),
    ("recurrent kernel", "orthogonal", "uniform ± 1/√units"),
    ("LSTM forget-gate bias", "1", "uniform, twice"),
    ("LSTM biases a gate", "one", "two: 4 × units weights more"),
    ("Adam's ε", "1e-7", "1e-8"),
)


def keras_defaults(network: nn.Module) -> None:
    """Draw all weights of a network anew, in place."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            # A cell's input kernel, too: Keras counts D in, and all gates (4N for an LSTM) out.
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        match module:
            case RNNCell():
                nn.init.orthogonal_(module.from_state.weight)
            case LSTMCell() | ConvLSTMCell():
                nn.init.orthogonal_(module.from_state.weight)
                if module.from_input.bias is not None:
                    nn.init.ones_(module.from_input.bias.chunk(4)[1])
            case GRUCell():
                _orthogonal_together(module.from_state.weight, module.new_from_state.weight)


@torch.no_grad()
def _orthogonal_together(*kernels: torch.Tensor) -> None:
    """Kernels of the same state as one orthogonal matrix, as Keras keeps them."""
    together = nn.init.orthogonal_(torch.cat(kernels))
    for kernel, part in zip(kernels, together.split([len(k) for k in kernels]), strict=True):
        kernel.copy_(part)
