"""Scenes among characters, played over the director: arguments and encounters."""
