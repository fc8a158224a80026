"""The protocol: messages, frames, sessions and the dispatch of requests."""
