"""Texts with what is said of each: a label, or another text."""
