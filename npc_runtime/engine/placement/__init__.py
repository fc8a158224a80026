"""Where a model's weights and caches lie: what fits into this machine, and what that costs in time.

In the manner of FlexGen's policy search (https://arxiv.org/abs/2303.06865): all policies are enumerated, a cost model
with constants from real runs says what each takes of memory and time, and the best of those that fit is taken.
"""
