"""Shipped networks: small, with a card, and they do what the card says."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from kineograph.data.toy.actors import ACTIONS, ActorsConfig, draw_clip
from kineograph.errors import InputError
from kineograph.metrics.text import score_text
from kineograph.predict.hand import Hand
from kineograph.predict.reader import Reader
from kineograph.recipes import load
from kineograph.recipes.hand import load_hand
from kineograph.recipes.reader import load_reader
from kineograph.recipes.trained import kind_of, shipped_networks

SHIPPED = shipped_networks()
LOADS = {"lines": load_reader, "ink": load_hand}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_network_is_small_and_says_what_it_is(name):
    folder = SHIPPED[name]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 2_000_000
    card = (folder / "card.md").read_text(encoding="utf-8")
    network = LOADS.get(kind_of(name), load)(name).network
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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lines-fraktur", "Habe nun, ach! Philosophie, Juristerei und Medizin"),
        ("lines-latin-cyrillic", "Habe nun, ach! Philosophie, Juristerei und Medizin"),
    ],
)
def test_a_shipped_reader_reads_a_line_drawn_in_a_font_it_never_saw(name, text):
    """Pillow's own font, which no training line was drawn in; from an array of its own height."""
    face = ImageFont.load_default(44)
    picture = Image.new("L", (round(face.getlength(text)) + 60, 72), 235)
    ImageDraw.Draw(picture).text((30, 8), text, 30, face)
    (reading,) = Reader.load(name).read([np.array(picture)])
    assert (score_text([text], [reading.text]).cer or 0) <= 0.1, reading.text


def test_the_shipped_hand_writes_both_alphabets_and_ends():
    hand = Hand.load("handwriting-demo")
    (ink,) = hand.write("Кинеограф writes", bias=1.0, seed=1)
    ((text, strokes),) = ink.rows
    assert ink.finished and text == "Кинеограф writes"
    every = np.concatenate(strokes)
    width, height = np.ptp(every[:, 0]), np.ptp(every[:, 1])
    assert 4 < width / height < 16 and len(strokes) >= 4
    with pytest.raises(InputError, match="it cannot write 漢"):
        hand.write("漢")
