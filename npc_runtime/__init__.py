"""A local daemon that gives game characters a mind: personas, memories, and a small model to voice them."""

__version__ = "0.1.0"
