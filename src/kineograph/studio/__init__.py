"""The web pages: a server for this machine alone, and what a person does in it."""
