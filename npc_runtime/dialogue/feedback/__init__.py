"""What players and writers thought of replies."""
