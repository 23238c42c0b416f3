"""kineograph verify FOLDER: is the evidence whole, and unaltered since it was written."""

from pathlib import Path
from typing import Annotated

import typer

from kineograph.commands.console import AsJson, Screen

MOST_NAMED = 50  # of each kind, on a screen; --json names all


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of evidence.")],
    public_key: Annotated[
        Path | None,
        typer.Option(help="A copy of the public key, kept elsewhere; else the folder's own."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="The newest hash that was sent out with an alert."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Hold every file against the journal, and the journal against its chain and signatures."""
    screen = Screen(as_json)
    from kineograph.live.journal.verify import as_fields
    from kineograph.live.journal.verify import verify as verify_folder

    found = verify_folder(folder, public_key=public_key, head=head)
    screen.say(f"{folder}: {found.entries} entries, signed by {found.key[:16]}…")
    for fault in found.faults:
        screen.say(f"  journal: {fault}")
    named = {
        "altered": found.altered,
        "missing": found.missing,
        "added, no entry knows it": found.added,
        "unproven, its entry cannot be trusted": found.unproven,
        "removed by retention": [f"{f} on {time}" for f, time in found.removed.items()],
        "note": found.notes,
    }
    for what, paths in named.items():
        for path in paths[:MOST_NAMED]:
            screen.say(f"  {what}: {path}")
        if len(paths) > MOST_NAMED:
            screen.say(f"  {what}: {len(paths) - MOST_NAMED} more")
    wrong = sum(map(len, (found.altered, found.missing, found.added, found.unproven)))
    if found.is_whole:
        screen.say(f"Whole: {len(found.whole)} files are as they were. Head: {found.head}")
    else:
        screen.say(
            f"NOT whole: faults in the journal: {len(found.faults)}; wrong files: {wrong}; "
            f"files as they were: {len(found.whole)}."
        )
    screen.result({"folder": str(folder), **as_fields(found)})
    return 0 if found.is_whole else 1
