"""Whose turn it is: who is served first, who holds which slot, and where what was computed goes."""
