"""What belongs to a language: parting text, putting claims into words, and reading without a model."""
