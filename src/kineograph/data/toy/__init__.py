"""Small data sets drawn on the spot, for demonstrations, tests and laptops."""
