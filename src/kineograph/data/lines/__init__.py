"""Lines of text: pictures one line high and what is written in them."""
