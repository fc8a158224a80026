"""How much of the machine the model may take beside a game."""
