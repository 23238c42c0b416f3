"""What is kept of an event: clip, film strip, scores, and for how long."""
