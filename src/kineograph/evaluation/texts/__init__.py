"""Whole texts as experiments: labelled, or written otherwise."""
