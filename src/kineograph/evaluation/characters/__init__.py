"""Experiments with text, character by character: fit, ask, sample, report."""
