"""Encoders: one frame -> its features. Each tells how many: `features`."""

from kineograph.nets.encoders.plain import PlainEncoder

ENCODERS = {"plain": PlainEncoder}
