"""Pictures with regions: a box and a sentence each."""
