"""Gossip: how news goes from character to character, who believes it, and how it is denied and set right."""
