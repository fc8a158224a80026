"""The command line: npc-runtime."""
