"""How the default model's adapter is made: exchanges of our own, their tokens, the training and the export."""
