"""How far back a character still matters: the lecture's picture of gradients that vanish, computed.

    read     … t  h  e     c  a  t            the nats of one character, here the one after "cat",
             |  |  |  |  |  |  |  |           by the features of each character read before it:
    norm     .  .  :  :  |  |  ‖  ‖  -> nats  the last one is 0 back, the one before it 1 back

Source: Hochreiter 1991; Bengio, Simard and Frasconi 1994. All is computed in double precision, in
which a norm of 1e-12 of the first is no rounding yet.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.characters.batch import BEGIN, encode
from kineograph.data.text import Alphabet
from kineograph.nets.cells import OVER_TIME
from kineograph.nets.models.character_model import CharacterModel, CharacterModelConfig

BACK = 100  # characters
PLACES = 32  # all over a text
SEED = 0  # of weights before training


def gradient_through_time(
    network: Any, text: str, alphabet: Alphabet, back: int = BACK, places: int = PLACES
) -> NDArray[np.float64]:
    """(back + 1,) how much a character's nats depend on what was read 0, 1, … characters before.

    The norm of the gradient of one character's nats by the features of each earlier one, a mean
    over places all over the text, each read from an empty memory. Divided by its first entry, nets
    of any size stand beside each other. Raises ValueError for a text of no more than back + 1.
    """
    if len(text) < back + 2:
        raise ValueError(f"{len(text)} characters: {back} back need {back + 2}.")
    precise = deepcopy(network).double().cpu().eval()
    told = encode(text, alphabet)
    ends = np.linspace(back + 1, len(told) - 1, places).astype(int)
    read = torch.from_numpy(np.stack([told[end - back - 1 : end] for end in ends]))
    asked = torch.from_numpy(np.maximum(told[ends], BEGIN))
    features = precise.embed(read).detach().requires_grad_()
    outputs, _ = precise.recurrent(features)
    logs = precise.head(outputs[:, -1]).log_softmax(-1)
    nats = -logs.gather(1, asked[:, None]).sum()  # rows do not touch each other
    (gradient,) = torch.autograd.grad(nats, features)
    found: NDArray[np.float64] = gradient.norm(dim=2).mean(0).flip(0).numpy()
    return found


def before_training(
    model: CharacterModelConfig, alphabet_size: int, seed: int = SEED
) -> dict[str, CharacterModel]:
    """A network of each cell with its first weights, otherwise like `model`: {"rnn": …, …}."""
    found = {}
    for cell in OVER_TIME:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            like = replace(model, cell=cell, recurrent_dropout=0.0, rounds=False)
            found[cell] = like.build(alphabet_size).eval()
    return found
