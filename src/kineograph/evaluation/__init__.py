"""Experiments: one training with its baselines, in folds, in a search; import file by file."""
