"""What a character can recall."""
