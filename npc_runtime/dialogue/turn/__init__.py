"""A turn: a line on its way to a character, and what the character answers or was settled to say."""
