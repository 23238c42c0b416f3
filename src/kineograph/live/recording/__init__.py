"""Training video from cameras, as they sent it: cut at key frames, with true times."""
