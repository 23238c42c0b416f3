"""A run as something to share: what is needed to ask it, its weights in 8 bits."""

import shutil
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.recipes.trained import run_folder
from kineograph.training.checkpoint import read_weights, save_small_weights

COPIED = ("recipe.json", "language.lm", "decoding.json")


def write_small(run: str | Path, folder: Path) -> dict[str, Any]:
    """Recipe, weights and language of a run of any kind into `folder`; returns each file's bytes.

    Raises InputError if the folder holds a run already, or cannot be written.
    """
    source = run_folder(run)
    if (folder / "recipe.json").exists():
        raise InputError(f"{folder}: holds a run already. Choose another folder, or remove it.")
    weights = read_weights(source / "model.safetensors")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_small_weights(folder / "model.safetensors", weights)
        for name in COPIED:
            if (source / name).exists():
                shutil.copyfile(source / name, folder / name)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error}). Choose another folder.") from None
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}
    return {"run": str(source), "folder": str(folder), "bytes": sizes}
