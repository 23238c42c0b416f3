"""Heads: what a network says of its features."""
