"""From probabilities of columns to text: searches, a language model, a lexicon; no network."""
