"""Cameras in, events with evidence out: a program that runs for months beside a camera."""
