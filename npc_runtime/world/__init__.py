"""Worlds: who is where, and who hears what."""
