"""Models and adapters as files: which there are, what they hold, and how they are made."""
