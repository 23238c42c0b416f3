"""What a reader of lines made of them, as figures and a page."""
