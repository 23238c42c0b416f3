"""Into a folder, on another disk perhaps: `PATH/<event>/ended/event.json`, the files beside it."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kineograph.errors import InputError
from kineograph.live.sending.message import DOCUMENT, Message
from kineograph.whole_file import UNFINISHED, temporary_beside


@dataclass(frozen=True)
class FolderOptions:
    """Where to; the folder is made if it is not there."""

    path: Path
    name: str = "folder"


class FolderSink:
    """Copies. What stands in the folder under its name is whole: it was moved there when it was."""

    def __init__(self, options: FolderOptions):
        self._root = options.path
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{self._root}: cannot be made a folder ({error.strerror}). Choose another for the "
                f"sink '{options.name}'."
            ) from None

    def send(self, message: Message) -> None:
        """Copy event and files. Raises OSError if that cannot be done now."""
        if not self._root.is_dir():  # made anew, it would fill the disk below a lost network drive
            raise FileNotFoundError(f"{self._root}: is gone; mount it again")
        name, _, phase = message.key.rpartition("/")
        target = self._root / _fit_for_a_file(name) / phase
        if target.is_dir():
            return  # an earlier try came so far
        target.parent.mkdir(exist_ok=True)
        for left in target.parent.glob(f"{_literal(target.name)}.*{UNFINISHED}"):
            shutil.rmtree(left, ignore_errors=True)
        temporary = temporary_beside(target)
        try:
            self._fill(temporary, message)
            os.replace(temporary, target)
            _sync(target.parent)
            _sync(self._root)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def close(self) -> None:
        """Nothing is held open."""

    def _fill(self, folder: Path, message: Message) -> None:
        folder.mkdir()
        files = message.look()
        for file in files:
            if not file.problem:
                shutil.copyfile(file.path, folder / file.name)
                _sync(folder / file.name)
        document = json.dumps(message.document(files), indent=2, ensure_ascii=False)
        (folder / DOCUMENT).write_text(document + "\n", encoding="utf-8")
        _sync(folder / DOCUMENT)
        _sync(folder)


def _fit_for_a_file(name: str) -> str:
    """An event's id as a folder's name; those of `event_id` stay as they are."""
    return quote(name, safe="") if set(name) != {"."} else name.replace(".", "%2E")


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _sync(path: Path) -> None:
    """Onto the disk. Folders cannot be opened for this on Windows, where a move is kept anyhow."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
