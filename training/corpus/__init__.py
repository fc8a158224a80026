"""The corpus: phrase banks, and the generator that composes them into examples."""
