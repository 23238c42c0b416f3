"""Drawn actors in clothes of named colours, and sentences that say just what each of them does.

    a person in a red shirt and blue trousers walks to the left

What is worn is seen in any frame, the way in which it moves in none: poses of the six actions are
drawn from ranges that overlap (motion.py), so that a sentence is right by chance where time is not
looked at. The place, its light and the camera say nothing of the sentence.
"""

from dataclasses import dataclass, replace

import numpy as np

from kineograph.data.toy.actors import ActorsConfig, film
from kineograph.data.toy.figure import Actor, Clothes, Pixels, cast_actor
from kineograph.data.toy.motion import GAITS
from kineograph.data.toy.things import COLOURS

WORN = ("red", "yellow", "green", "blue", "purple", "white")  # of toy/things.py, those far apart
DOES = {  # in the words of three people
    "walking": ("walks", "is walking", "walking"),
    "jogging": ("jogs", "is jogging", "jogging"),
    "running": ("runs", "is running", "running"),
    "boxing": ("boxes", "is boxing", "boxing"),
    "handclapping": ("claps both hands", "is clapping both hands", "clapping both hands"),
    "handwaving": ("waves both arms", "is waving both arms", "waving both arms"),
}


@dataclass(frozen=True)
class Outfit:
    """What an actor wears, in words."""

    shirt: str  # a name in WORN
    legs_colour: str  # another one
    legs: str  # "trousers", "shorts" or "skirt"


def dress(actor: Actor, rng: np.random.Generator) -> tuple[Actor, Outfit]:
    """The actor in clothes of two named colours."""
    shirt, legs = (WORN[place] for place in rng.choice(len(WORN), 2, replace=False))
    cut = "skirt" if actor.clothes.skirt else "shorts" if actor.clothes.short_trousers else ""
    red, green, blue = COLOURS[shirt]
    clothes: Clothes = replace(
        actor.clothes,
        shirt=COLOURS[shirt],
        sleeves=(0.84 * red, 0.84 * green, 0.84 * blue),  # arms show on the chest
        trousers=COLOURS[legs],
    )
    return replace(actor, clothes=clothes), Outfit(shirt, legs, cut or "trousers")


def sentences_of(outfit: Outfit, action: str, to_left: bool) -> tuple[str, ...]:
    """What three people would write of a clip. Who stays in one place is given no direction."""
    does, is_doing, doing = DOES[action]
    way = "left" if to_left else "right"
    to, towards = (f" to the {way}", f" towards the {way}") if action in GAITS else ("", "")
    legs = f"{outfit.legs_colour} {outfit.legs}"
    a_legs = f"a {legs}" if outfit.legs == "skirt" else legs
    return (
        f"a person in a {outfit.shirt} shirt and {a_legs} {does}{to}",
        f"someone with {a_legs} and a {outfit.shirt} shirt {is_doing}{towards}",
        f"a {outfit.shirt} shirt and {a_legs} on a person {doing}{to}",
    )


def draw_described_clip(
    actor_seed: int, action: str, clip_seed: int, config: ActorsConfig
) -> tuple[Pixels, tuple[str, ...]]:
    """A clip (T, H, W, 3) and its sentences: the same numbers give the same clip."""
    plain = cast_actor(np.random.default_rng([config.seed, actor_seed]))
    actor, outfit = dress(plain, np.random.default_rng([config.seed, actor_seed, clip_seed, 0]))
    filmed = film(actor, actor_seed, action, clip_seed, config)
    return filmed.frames, sentences_of(outfit, action, filmed.to_left)
