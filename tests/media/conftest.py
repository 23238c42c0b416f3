"""Lets the tests of this folder import its `drawn_clips`, whatever way pytest imports them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
