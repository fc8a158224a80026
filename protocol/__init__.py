"""The protocol's documents, and what keeps them in step with the code. Not part of the wheel."""
