"""Who the characters are: the schema of a pack, loading it, and lines for when no model is needed."""
