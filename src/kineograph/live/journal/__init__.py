"""An append-only chain of signed entries, and what it proves."""
