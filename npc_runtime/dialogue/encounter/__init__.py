"""Encounters: the pure rules of talk among characters. Who speaks next, what the turn does, and when it is over.

Nothing in here waits, writes or asks a model; `dialogue.encounters` performs what these rules choose.
"""
