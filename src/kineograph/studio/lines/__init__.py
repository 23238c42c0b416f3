"""Lines of text that a person corrects: where they come from, what was decided, what is written."""
