"""Writes text for many characters at once with one model."""
