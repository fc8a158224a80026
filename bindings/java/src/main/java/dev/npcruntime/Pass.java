package dev.npcruntime;

/** What a client shows to be let in: the token, or a key where the daemon asks for one. */
record Pass(String token, Key key) {}
