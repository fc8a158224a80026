"""Arguments: who is at odds with whom, what each does next, what a mediator changes, and how it ends.

Nothing here speaks, waits or stores. An argument is a value; every function takes one and gives the next.
"""
