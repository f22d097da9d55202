"""How numbers and words are written, wherever they are."""
