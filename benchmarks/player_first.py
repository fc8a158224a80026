"""Player first: how soon a player's line begins while eight arguments go on, beside the same line while none does.

A real daemon with the bundled model; each argument in a world of its own, its lines heard at once, so that the next is
always being written. A round asks the same questions with the arguments held and with them going on, in turn: to
somebody who does not argue and to somebody who does. The promise is that the player waits for no more than the step
that the engine is in when the line comes.

    npc-runtime bench player_first --json
"""
