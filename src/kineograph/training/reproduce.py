"""What a figure came from: seeds, versions, commit, machine, device."""

import os
import platform
import random
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kineograph.errors import InputError, nearest

LIBRARIES = ("torch", "numpy", "av", "opencv-python-headless", "scikit-learn", "onnxruntime")
DEVICES = ("cpu", "cuda", "mps")
MOST_SEED = 2**63 - 1  # torch's generators hold no more


def seed_everything(seed: int) -> None:
    """Python, numpy and torch: the same seed gives the same weights on the same machine."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def check_seed(seed: int) -> None:
    """Raise InputError for what no generator can be begun with."""
    if not 0 <= seed <= MOST_SEED:
        raise InputError(f"seed {seed}: 0 to {MOST_SEED} are known. Try 0.")


def choose_device(name: str = "auto") -> torch.device:
    """ "auto" takes CUDA, then Apple's MPS, then the CPU; a device that is not there is refused."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in DEVICES:
        meant = "cuda" if "gpu" in name.lower() else name
        hint = nearest(meant, DEVICES) or "Use cpu, or leave it away."
        raise InputError(f"--device {name}: known are auto, cpu, cuda, cuda:1 and mps. {hint}")
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"--device {name}: cannot be used here ({reason}). Use cpu, or leave it away."
        ) from error
    return device


def describe_environment(device: torch.device | None = None) -> dict[str, Any]:
    """Versions, commit and machine, as environment.json keeps them; the device if one computed."""
    return {
        "kineograph": version_of("kineograph"),
        "python": platform.python_version(),
        **{library: version_of(library) for library in LIBRARIES},
        "commit": _commit(),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cpu": _cpu_name(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            **({} if device is None else {"device": str(device)}),
        },
        "command": " ".join(["kineograph", *sys.argv[1:]]),
    }


def version_of(library: str) -> str | None:
    """An installed library's version, or none."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the checkout that this package runs from; none when installed from a wheel."""
    here = Path(__file__).resolve().parents[3]
    if not (here / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
