"""What a client holds in its hands: a world, its characters, and what they reply."""
