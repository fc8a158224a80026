"""A model that a server elsewhere computes, spoken to as OpenAI's API is: vLLM, SGLang, llama-server, many of them."""
