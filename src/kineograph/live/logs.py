"""A log that programs read: one JSON object a line, in a file that does not grow for ever."""

import json
import logging
import logging.handlers
from datetime import UTC, datetime
from pathlib import Path

MOST_BYTES = 10_000_000
KEPT_FILES = 5


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


def log_to(path: Path | None) -> logging.Handler:
    """Everything that Kineograph says goes to a file from now on, or to standard error."""
    handler: logging.Handler = logging.StreamHandler()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("kineograph")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler
