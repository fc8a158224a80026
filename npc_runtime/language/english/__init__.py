"""English: its words, and its grammar of persons and denials."""
