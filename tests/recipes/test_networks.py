"""Shipped networks: small, with a card, and they do what the card says."""

import numpy as np
import pytest
import torch

from kineograph.data.toy.actors import ACTIONS, ActorsConfig, draw_clip
from kineograph.recipes import load
from kineograph.recipes.trained import shipped_networks

SHIPPED = shipped_networks()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_network_is_small_and_says_what_it_is(name):
    folder = SHIPPED[name]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 2_000_000
    card = (folder / "card.md").read_text(encoding="utf-8")
    network = load(name).network
    assert f"{sum(p.numel() for p in network.parameters()):,} weights" in card
    assert "Licence" in card and "Trained on" in card


def test_the_actors_network_knows_actors_it_has_never_seen():
    trained = load("actors")
    config = ActorsConfig(seed=991)
    right = 0
    for number, action in enumerate(ACTIONS):
        clip = draw_clip(number, action, 0, config)[np.linspace(1, 46, 20).round().astype(int)]
        frames = torch.from_numpy(clip).permute(0, 3, 1, 2).float() / 255
        small = torch.nn.functional.interpolate(frames, (48, 48), mode="area")
        with torch.inference_mode():
            probabilities = trained.network(small[None]).softmax(-1).mean(1)
        right += trained.classes[int(probabilities.argmax())] == action
    assert right >= 5
