"""A log that programs read: one JSON object a line, in a file that does not grow for ever."""

import json
import logging
import logging.handlers
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kineograph.errors import InputError

MOST_BYTES = 10_000_000
KEPT_FILES = 5
STANDARD_ERROR = Path("-")


class JsonLines(logging.Formatter):
    """{"time", "level", "part", "said"}, and the traceback of a defect."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name.removeprefix("kineograph."),
            "said": record.getMessage(),
        }
        if record.exc_info:
            found["traceback"] = self.formatException(record.exc_info)
        return json.dumps(found, ensure_ascii=False)


@contextmanager
def log_to(path: Path | None) -> Iterator[None]:
    """What Kineograph says goes into a file meanwhile; to standard error for `-`; None: nowhere.

    Raises InputError if the file cannot be written.
    """
    handler = logging.NullHandler() if path is None else _handler(path)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("kineograph")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
        handler.close()


def _handler(path: Path) -> logging.Handler:
    if path == STANDARD_ERROR:
        return logging.StreamHandler()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return logging.handlers.RotatingFileHandler(
            path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise InputError(
            f"--log {path}: cannot be written ({error.strerror}). Name a file, or - for standard "
            "error."
        ) from None
