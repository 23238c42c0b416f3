"""Readers of lines, put to the test."""
