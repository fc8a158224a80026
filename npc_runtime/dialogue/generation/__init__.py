"""In what words: the prompt, the model's text as it streams, and what of it is spoken."""
