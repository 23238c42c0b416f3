"""Single pictures: read from files and archives, scaled once and kept, changed in training."""
