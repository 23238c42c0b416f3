"""Reports on networks that write text, drawn from their files alone."""
