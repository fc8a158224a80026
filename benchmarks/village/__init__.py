"""One village on several engines: the same prompts to ours, to llama-server and to examples/server."""
