"""Reports of networks that answer whole texts."""
