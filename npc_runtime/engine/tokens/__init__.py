"""From messages to tokens, from logits to the next one, within a form, and from tokens to text."""
