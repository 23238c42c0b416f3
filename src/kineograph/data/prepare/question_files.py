"""Files of a data set of questions as people have them: in a folder, or in one tar file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.data.pictures.files import Archive, open_archive
from kineograph.errors import InputError


@dataclass(frozen=True)
class QuestionFiles:
    """Where a data set lies. before: what its pictures' paths below `root` begin with."""

    root: Path
    before: str = ""
    archive: Archive | None = None

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        if self.archive is not None:
            return name in self.archive.members
        return (self.root / name).is_file()

    def first_of(self, names: tuple[str, ...]) -> str | None:
        """The first of these names that is there."""
        return next((name for name in names if self.has(name)), None)

    def text(self, name: str) -> str:
        """A file as text. Raises InputError if it is not there or no UTF-8."""
        try:
            if self.archive is not None:
                return self.archive.content(name).decode("utf-8-sig")
            return (self.root / name).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(f"{name}: it is not UTF-8 text. Unpack the data set again.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"{name}: cannot be read ({reason}). Check the folder.") from None

    def json(self, name: str) -> Any:
        """A file of JSON. Raises InputError if it is none."""
        try:
            return json.loads(self.text(name))
        except json.JSONDecodeError as error:
            raise InputError(f"{name}: not JSON ({error}). Unpack the data set again.") from None

    def rows(self, name: str, key: str) -> list[Any]:
        """The list under `key` of a JSON object. Raises InputError if there is none."""
        found = self.json(name)
        rows = found.get(key) if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise InputError(f"{name}: has no list '{key}'. Unpack the data set again.")
        return rows


def open_question_files(source: str | Path) -> QuestionFiles:
    """A folder, a tar file, or a folder that holds nothing of use but one tar file."""
    source = Path(source)
    if source.is_file():
        return _archive(source)
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder or tar file. Check the path.")
    tars = sorted(source.glob("*.tar"))
    folders = [each for each in source.iterdir() if each.is_dir()]
    return _archive(tars[0]) if len(tars) == 1 and not folders else QuestionFiles(source)


def _archive(path: Path) -> QuestionFiles:
    return QuestionFiles(path.parent, f"{path.name}/", open_archive(path.resolve()))
