"""How the bundled model is made: a corpus of our own, a small network, its export and its evaluation."""
