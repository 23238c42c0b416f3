"""Experiments with pen strokes: train, ask, report."""
