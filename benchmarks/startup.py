"""`kineograph --help` against `import torch`, each in a fresh process.

python -m benchmarks.startup
"""

import subprocess
import sys
from collections.abc import Callable

from .ratio import compare, print_table


def process(*arguments: str) -> Callable[[], object]:
    """A call that starts Python with these arguments and waits."""
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


def main() -> None:
    """Wall time of whole processes."""
    contestants = {
        "import torch (base)": process("-c", "import torch"),
        "kineograph --help": process("-m", "kineograph", "--help"),
    }
    print_table("Starting", compare(contestants, rounds=5))


if __name__ == "__main__":
    main()
