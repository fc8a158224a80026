"""When a secret may be told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from npc_runtime.dialogue.policy.knowledge import reveals
from npc_runtime.memory.relations import Numbers
from npc_runtime.persona.model import Reveal, Secret

FACTS: dict[tuple[str, str], object] = {
    ("world", "bell.found"): True,
    ("world", "bridge.closed"): False,
    ("world", "season"): "Winter",
    ("world", "robberies"): 3,
    ("world", "price"): 2.5,
    ("place:mill", "closed"): True,
    ("player:alex", "item.rope"): 1,
    ("player:alex", "item.lamp"): 0,
}
TOLD = {"alex", "found", "the", "hammer"}


def revealed(
    feeling: str = "neutral", numbers: Numbers | None = None, listener: str = "player:alex", **keys: Any
) -> bool:
    return reveals(
        Secret(fact="You broke the ninth cup yourself.", **keys),
        feeling,
        numbers or Numbers(),
        lambda scope, name: FACTS.get((scope, name)),
        listener,
        lambda words: set(words.split()) <= TOLD,
    )


@pytest.mark.parametrize(
    ("reveal", "holds"),
    [
        ({"feeling": "warm"}, True),
        ({"feeling": "devoted"}, False),
        ({"affinity": 0.4}, True),
        ({"affinity": 0.41}, False),
        ({"trust": 0.5}, True),
        ({"trust": 0.6}, False),
        ({"fear": 0.2}, True),
        ({"fear": 0.3}, False),
        ({"respect": -0.1}, True),
        ({"respect": 0.0}, False),
        ({"flag": "bell.found"}, True),
        ({"flag": "bridge.closed"}, False),
        ({"flag": "never.set"}, False),
        ({"item": "rope"}, True),
        ({"item": "lamp"}, False),
        ({"item": "bread"}, False),
        ({"told": "found hammer"}, True),
        ({"told": "found bell"}, False),
        ({"fact": "bell.found"}, True),
        ({"fact": "bridge.closed"}, False),
        ({"fact": "bridge.closed=false"}, True),
        ({"fact": "never.set=false"}, False),
        ({"fact": "season=winter"}, True),
        ({"fact": "season = Winter"}, True),
        ({"fact": "season=spring"}, False),
        ({"fact": "robberies=3"}, True),
        ({"fact": "robberies=3.0"}, True),
        ({"fact": "robberies=many"}, False),
        ({"fact": "price=2.5"}, True),
        ({"fact": "place:mill/closed"}, True),
        ({"fact": "place:mill/closed=true"}, True),
        ({"fact": "place:inn/closed"}, False),
        ({"fact": "world/bell.found"}, True),
        ({"trust": 0.5, "flag": "bell.found"}, True),
        ({"trust": 0.6, "flag": "bell.found"}, False),
        ({"trust": 0.5, "flag": "bridge.closed"}, False),
    ],
)
def test_each_condition_and_all_together(reveal: dict[str, Any], holds: bool) -> None:
    numbers = Numbers(affinity=0.4, trust=0.5, fear=0.2, respect=-0.1)
    assert revealed("warm", numbers, reveal=Reveal(**reveal)) is holds


def test_an_item_counts_for_the_listener_who_has_it() -> None:
    assert revealed(reveal=Reveal(item="rope"))
    assert not revealed(listener="player:bo", reveal=Reveal(item="rope"))


@pytest.mark.parametrize(
    ("reveal_to", "feeling", "holds"),
    [("nobody", "devoted", False), ("warm", "neutral", False), ("warm", "devoted", True), ("devoted", "warm", False)],
)
def test_a_feeling_alone(reveal_to: str, feeling: str, holds: bool) -> None:
    assert revealed(feeling, reveal_to=reveal_to) is holds


def test_either_will_do() -> None:
    assert revealed("devoted", reveal_to="devoted", reveal=Reveal(flag="never.set"))
    assert revealed("hostile", reveal_to="devoted", reveal=Reveal(flag="bell.found"))
    assert not revealed("hostile", reveal_to="devoted", reveal=Reveal(flag="never.set"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"feeling": "neutral"},
        {"trust": 1.5},
        {"fear": -0.1},
        {"fact": "Bridge closed"},
        {"fact": "mill/closed"},
        {"fact": "season="},
        {"flag": "place:mill/closed"},
        {"mood": "calm"},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reveal(**wrong)
