"""Inside of a character model: cells that follow something, gates, gradients, kinds of errors."""
