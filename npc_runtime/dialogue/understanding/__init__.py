"""What was said: a line as it is read, without a model."""
