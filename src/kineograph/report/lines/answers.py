"""predictions.jsonl of a reader: what it made of each line."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from kineograph.whole_file import write_text_whole


@dataclass(frozen=True)
class LineAnswer:
    """One line as it stands there and as it was read, both after the text policy."""

    id: str
    picture: str
    group: str | None
    source: str | None
    split: str
    truth: str
    read: str  # with the language model, where there is one
    best_path: str  # without
    confidence: float  # mean over characters


def write_line_answers(path: Path, answers: Iterable[LineAnswer]) -> None:
    """One answer a line of JSON."""
    rows = [json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in answers]
    write_text_whole(path, "".join(rows))
