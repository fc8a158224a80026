"""Worlds: who is where, what is true, what time it is, and who notices what happens."""
