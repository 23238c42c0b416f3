"""Reports of networks that answer questions: what was asked, answered, and how often rightly."""
