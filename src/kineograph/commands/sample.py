"""kineograph sample RUN: what a network makes up by itself; what that is, depends on the network.

One that writes text shows it while it comes (`sample_text.py`); one that writes by hand makes a
drawing of it (`sample_ink.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Screen


@dataclass(frozen=True)
class Makes:
    """What a network of one kind of data makes up, in words; the options that it alone has."""

    says: str
    options: tuple[str, ...]


KINDS = {
    "text": Makes("writes text", ("--prime", "--length", "--temperature", "--top-k", "--beam")),
    "ink": Makes(
        "writes by hand",
        ("--prime", "--text", "--out", "--bias", "--count", "--width-mm", "--pen-mm", "--device"),
    ),
}

Prime = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT|FILE",
        help="Text: what it goes on from, read first. By hand: a file of a person's own strokes, "
        "whose style goes on.",
    ),
]
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
Written = Annotated[str | None, typer.Option("--text", help="By hand: what is written.")]
Out = Annotated[
    Path | None,
    typer.Option(help="By hand: .svg, .png, .html (plays the pen), .inkml, .gcode or .jsonl."),
]
Bias = Annotated[
    float | None, typer.Option(help="By hand: 0 as people write, more is neater; 0.5 if left away.")
]
Count = Annotated[int | None, typer.Option(min=1, help="By hand: so many, each of its own chance.")]
WidthMm = Annotated[float | None, typer.Option(help="By hand: width of the sheet.")]
PenMm = Annotated[float | None, typer.Option(help="By hand: width of the pen's line.")]
OfHand = Annotated[str | None, typer.Option("--device", help="By hand: cpu, cuda, …")]


def sample(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="A run folder, or a shipped network's name.")],
    prime: Prime = None,
    length: Length = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    beam: Beam = None,
    text: Written = None,
    out: Out = None,
    bias: Bias = None,
    count: Count = None,
    width_mm: WidthMm = None,
    pen_mm: PenMm = None,
    device: OfHand = None,
    seed: Annotated[int, typer.Option(min=0, help="Another one draws something else.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Let a network write, as text or by hand; the same for the same seed."""
    from kineograph.recipes.trained import kind_of

    of_all = {name for makes in KINDS.values() for name in makes.options}
    named = {"--" + name.replace("_", "-"): value for name, value in ctx.params.items()}
    kind = kind_of(run)
    check_kind(run, kind, {name: value for name, value in named.items() if name in of_all})
    if kind == "ink":
        from kineograph.commands.sample_ink import sample_ink

        sample_ink(
            Screen(as_json),
            run,
            text=text,
            out=out or Path("written.svg"),
            bias=bias,
            prime=None if prime is None else Path(prime),
            seed=seed,
            count=count or 1,
            width_mm=width_mm,
            pen_mm=pen_mm,
            device=device or "auto",
        )
        return
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
