"""Questions to the villagers of Hollowmere in other words than those of the facts that answer them."""
