"""How near a sentence comes to what people wrote of the same picture."""
