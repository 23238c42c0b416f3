"""Ink as files: SVG, PNG, a page that plays the pen, InkML, G-code, JSON lines."""
