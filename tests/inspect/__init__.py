"""A look inside, kind by kind."""
