"""What a character says: choose the move, then let the model voice it."""
