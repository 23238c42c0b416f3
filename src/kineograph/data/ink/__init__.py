"""Pen strokes and what they say: lines of ink, their folders, their batches."""
