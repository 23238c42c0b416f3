"""Scores: pure functions of truths and answers, numbers in and numbers out."""
