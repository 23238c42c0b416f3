"""Thresholds chosen on marked video, and judged on what was left out."""
