"""Experiments with pictures that are described."""
