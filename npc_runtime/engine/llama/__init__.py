"""llama.cpp, by its low-level API: nothing else imports it."""
