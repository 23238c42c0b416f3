"""kineograph sample RUN: what a network makes up by itself; what that is, depends on the network.

One that writes text shows it while it comes (`sample_text.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from kineograph.commands.console import AsJson


@dataclass(frozen=True)
class Makes:
    """What a network of one kind of data makes up, in words; the options that it alone has."""

    says: str
    options: tuple[str, ...]


KINDS = {
    "text": Makes("writes text", ("--prime", "--length", "--temperature", "--top-k", "--beam")),
}

Prime = Annotated[str | None, typer.Option(help="Text: what it goes on from, read first.")]
Length = Annotated[int | None, typer.Option(help="Text: characters to write; 1000 if left away.")]
Temperature = Annotated[
    float | None, typer.Option(help="Text: below 1 surer, above 1 bolder; 1 if left away.")
]
TopK = Annotated[
    int | None, typer.Option("--top-k", help="Text: draw among so many likeliest characters only.")
]
Beam = Annotated[
    int | None, typer.Option(help="Text: no drawing; the likeliest that a beam so wide finds.")
]


def sample(
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    prime: Prime = None,
    length: Length = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    beam: Beam = None,
    seed: Annotated[int, typer.Option(min=0, help="Another one draws something else.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Let a network write: after a prime, at a temperature, the same for the same seed."""
    from kineograph.recipes.trained import kind_of

    of_text = {
        "--prime": prime,
        "--length": length,
        "--temperature": temperature,
        "--top-k": top_k,
        "--beam": beam,
    }
    check_kind(run, kind_of(run), of_text)
    from kineograph.commands.sample_text import Wish, sample_text

    wish = Wish(
        prime=prime or "",
        length=1000 if length is None else length,
        temperature=temperature,
        top_k=top_k,
        beam=beam,
        seed=seed,
    )
    sample_text(run, wish, as_json)


def check_kind(run: str, kind: str, options: Mapping[str, object]) -> None:
    """Raise InputError for a network that makes nothing up, or an option of another kind's."""
    from kineograph.errors import InputError

    if kind not in KINDS:
        makes = " or ".join(each.says for each in KINDS.values())
        raise InputError(
            f"{run}: is shown {kind} and makes nothing up. Give a network that {makes}; for "
            "answers about files there is kineograph predict."
        )
    for name, value in options.items():
        if value is not None and name not in KINDS[kind].options:
            others = " or ".join(each.says for each in KINDS.values() if name in each.options)
            raise InputError(
                f"{name}: is for a network that {others}, and {run} {KINDS[kind].says}. "
                "Leave it out, or give another network."
            )
