"""Every network and its parts: encoders, cells, heads, and the papers' networks made of them."""
