"""The size and the hash of a file: what the journal says of it, and what is held against that."""

from hashlib import sha256
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 1 << 20


def measure_file(path: Path) -> dict[str, Any]:
    """{"bytes", "sha256"} of a file, read in blocks. Raises OSError."""
    digest, size_bytes = sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
    return {"bytes": size_bytes, "sha256": digest.hexdigest()}


def measure_folder(folder: Path) -> dict[str, Any]:
    """{name: {"bytes", "sha256"}} of the files in a folder. Raises OSError."""
    return {path.name: measure_file(path) for path in sorted(folder.iterdir()) if path.is_file()}
