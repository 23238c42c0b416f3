"""The folder of a comparison: compare.html, compare.md, comparison.json and film strips."""

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from kineograph.data.dataset_folder import DataFolder
from kineograph.errors import InputError
from kineograph.report.compare import Comparison, summarise_comparison
from kineograph.report.film_strips import draw_strips
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.compare_page import SHOWN, build_page
from kineograph.whole_file import write_text_whole

KEPT = "comparison.json"  # its presence says that the folder is a comparison

Progress = Callable[[int, int, str], None]
Stage = Callable[[str, str], AbstractContextManager[Progress]]  # title, unit


def write_comparison(found: Comparison, out: Path, *, command: str, stage: Stage) -> Path:
    """Write the page and what it is made of; returns compare.html.

    Raises InputError if `out` holds something else than an earlier comparison.
    """
    if out.exists() and not (out / KEPT).is_file() and any(out.iterdir()):
        raise InputError(f"{out}: holds something else. Choose another folder: --out FOLDER.")
    out.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(summarise_comparison(found), indent=2, ensure_ascii=False) + "\n"
    write_text_whole(out / KEPT, figures)
    strips, notes = _strips(found, out / "pictures", stage)
    page = build_page(found, command=command, strips=strips, notes=notes)
    write_text_whole(out / "compare.md", as_markdown.page(page))
    write_text_whole(out / "compare.html", as_html.page(page))
    return out / "compare.html"


def _strips(found: Comparison, folder: Path, stage: Stage) -> tuple[dict[str, bytes], list[str]]:
    """Film strips of what was gained and lost, as far as the videos are still there."""
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier comparison
    ids = [clip.id for clips in (found.gained, found.lost) for clip in clips[:SHOWN]]
    if found.counts is None or not ids:
        return {}, []
    data, why = _data_folder(found)
    if data is None:
        return {}, [why]
    folder.mkdir(parents=True, exist_ok=True)
    with stage("Drawing film strips", "clips") as progress:
        drawn, problems = draw_strips(data, ids, folder, progress)
    return {name: path.read_bytes() for name, path in drawn.items()}, problems


def _data_folder(found: Comparison) -> tuple[DataFolder | None, str]:
    """The prepared folder that either run names; or why there are no pictures."""
    why = "No film strips: the runs do not say which data folder they were tested on."
    for side in found.sides:
        named = side.run.known("data", "folder")
        if not named:
            continue
        try:
            data = DataFolder(Path(str(named)))
            if data.source_root.is_dir():
                return data, ""
            why = f"No film strips: the videos of {named} are not there any more."
        except InputError:
            why = f"No film strips: the data folder {named} is not there any more."
    return None, why
