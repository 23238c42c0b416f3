"""A look inside: what a trained network looked at when it answered, as one page and in numbers."""
