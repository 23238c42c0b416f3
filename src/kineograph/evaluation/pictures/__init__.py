"""Experiments with single pictures, whatever is said of them: sentences, answers, regions."""
