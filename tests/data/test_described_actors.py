"""Drawn actors described: every sentence is right, and nothing but the actor says what is so."""

import cv2
import numpy as np
import pytest

from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.prepare.described_actors import prepare_described_actors
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.data.toy.actors import ACTIONS, ActorsConfig, draw_clip, film
from kineograph.data.toy.described_actors import (
    WORN,
    Outfit,
    draw_described_clip,
    dress,
    sentences_of,
)
from kineograph.data.toy.figure import cast_actor
from kineograph.data.toy.things import COLOURS
from kineograph.errors import InputError
from kineograph.metrics.captions.words import caption_words

TINY = ActorsConfig(actors=3, clips_per_action=1, frames_per_clip=6, size_pixels=(48, 64))


def test_three_people_say_the_same_of_a_clip():
    assert sentences_of(Outfit("red", "blue", "trousers"), "walking", to_left=True) == (
        "a person in a red shirt and blue trousers walks to the left",
        "someone with blue trousers and a red shirt is walking towards the left",
        "a red shirt and blue trousers on a person walking to the left",
    )
    first, *_ = sentences_of(Outfit("green", "white", "skirt"), "handclapping", to_left=True)
    assert first == "a person in a green shirt and a white skirt claps both hands"


@pytest.mark.parametrize("action", ["running", "boxing"])
def test_sentences_say_what_was_drawn(action):
    for seed in range(4):
        frames, sentences = draw_described_clip(seed, action, 0, TINY)
        words = caption_words(sentences[0])
        actor = cast_actor(np.random.default_rng([0, seed]))
        dressed, outfit = dress(actor, np.random.default_rng([0, seed, 0, 0]))
        assert outfit.shirt != outfit.legs_colour and {outfit.shirt, outfit.legs_colour} < {*WORN}
        assert words[words.index("shirt") - 1] == outfit.shirt
        assert dressed.clothes.shirt == COLOURS[outfit.shirt]
        filmed = film(dressed, seed, action, 0, TINY)
        np.testing.assert_array_equal(frames, filmed.frames)
        ways = {"left", "right"} & {*words}
        assert ways == (
            ({"left"} if filmed.to_left else {"right"}) if action == "running" else set()
        )


def test_who_is_said_to_go_left_goes_left():
    """Phase correlation of two frames finds the actor's own step; where it is sure, it agrees."""
    config = ActorsConfig(frames_per_clip=5, size_pixels=(96, 128))
    window = cv2.createHanningWindow((128, 96), cv2.CV_32F)
    found = []
    for seed in range(10, 21):
        filmed = film(cast_actor(np.random.default_rng(seed)), seed, "running", 0, config)
        first, later = (
            cv2.cvtColor(filmed.frames[at], cv2.COLOR_RGB2GRAY).astype(np.float32) for at in (2, 4)
        )
        (step, _), sure = cv2.phaseCorrelate(first, later, window)
        if sure > 0.3 and abs(step) < 10:
            found.append((step < 0, filmed.to_left))
    assert len(found) >= 6 and {said for _, said in found} == {True, False}
    assert all(moved == said for moved, said in found)


def test_plain_actors_are_drawn_as_before():
    config = ActorsConfig(frames_per_clip=3, size_pixels=(40, 48))
    actor = cast_actor(np.random.default_rng([config.seed, 5]))
    np.testing.assert_array_equal(
        draw_clip(5, "walking", 1, config), film(actor, 5, "walking", 1, config).frames
    )


def test_a_prepared_folder_of_described_actors(tmp_path):
    done = prepare_described_actors(None, tmp_path / "out", actors=3, frames=4, workers=1)
    records = PreparedFolder(tmp_path / "out", CAPTIONS).records
    assert len(records) == 3 * len(ACTIONS) and done.pictures == 18 and not done.problems
    assert {(each.group, each.split) for each in records} == {
        ("actor01", "train"), ("actor02", "val"), ("actor03", "test")}  # fmt: skip
    assert all(len(each.sentences) == 3 for each in records)
    assert (tmp_path / "out" / records[0].picture).is_file()
    with pytest.raises(InputError) as error:
        prepare_described_actors(None, tmp_path / "out2", actors=2)
    assert "actors 2: it is 3 or more" in str(error.value)
