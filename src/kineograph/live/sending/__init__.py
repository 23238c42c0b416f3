"""Alerts on their way: a durable outbox, and the places they go to."""
