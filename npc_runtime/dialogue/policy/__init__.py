"""What a character does with its turn: what it knows and feels, what may be said, and the move."""
