"""One self-contained page of what was found: a section a file, no script, light and dark."""

from collections.abc import Sequence
from pathlib import Path

import kineograph
from kineograph.errors import InputError
from kineograph.inspect.inspected import Inspected, Inspector
from kineograph.report.page import as_html
from kineograph.report.page.blocks import Report, Section
from kineograph.whole_file import write_text_whole


def write_inspected(
    out: Path,
    run: str,
    inspector: Inspector,
    found: dict[str, Inspected],
    failed: Sequence[str],
) -> None:
    """Write the page. failed: a line for each file that could not be read. Raises InputError."""
    notes = [*failed, *(f"read in part: {each.problem}" for each in found.values() if each.problem)]
    report = Report(
        name=f"kineograph inspect {run}",
        alarms=[],
        outcome=f"What {Path(run).name} looked at",
        lead=inspector.method,
        notes=notes,
        sections=[section for name, each in _named(found) for section in _sections(name, each)],
        made_by=f"Kineograph {kineograph.__version__}",
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_text_whole(out, as_html.page(report))
    except OSError as error:
        raise InputError(
            f"--out {out}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error


def _sections(name: str, each: Inspected) -> list[Section]:
    """A file's own section, and those that come after it."""
    further = [Section(f"{part.title} · {name}", part.blocks) for part in each.sections]
    return [Section(name, each.blocks), *further]


def _named(found: dict[str, Inspected]) -> list[tuple[str, Inspected]]:
    """Files by their names; by their paths where two have one name."""
    names = [path if path.startswith("“") else Path(path).name for path in found]  # a text has none
    return [
        (name if names.count(name) == 1 else path, each)
        for name, (path, each) in zip(names, found.items(), strict=True)
    ]
