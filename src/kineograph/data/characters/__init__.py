"""Plain text, character by character: files, sides, and the walk side by side."""
