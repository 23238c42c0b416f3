"""log.jsonl: one JSON object an epoch, appended and flushed, so that a crash loses no line."""

import json
from pathlib import Path
from typing import Any

from kineograph.whole_file import write_text_whole


class RunLog:
    """The diary of a training."""

    def __init__(self, path: Path):
        self.path = path

    def write(self, line: dict[str, Any]) -> None:
        """Append one event."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def read(self) -> list[dict[str, Any]]:
        """All whole lines; one that a crash cut off is passed over."""
        if not self.path.exists():
            return []
        lines = []
        for text in self.path.read_text(encoding="utf-8").splitlines():
            try:
                lines.append(json.loads(text))
            except json.JSONDecodeError:
                continue
        return lines

    def clear(self) -> None:
        """Begin a new diary."""
        self.path.unlink(missing_ok=True)

    def keep_epochs(self, *, below: int) -> None:
        """Drop what was written after the checkpoint that a resumed training starts from."""
        kept = [line for line in self.read() if line.get("epoch", 0) < below]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
        write_text_whole(self.path, text)
