"""What Hollowmere's people choose to say: questions as a visitor types them, and the fact that should answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.replies import Why
from npc_runtime.dialogue.turn.utterance import Utterance
from npc_runtime.engine.profile import RULES
from npc_runtime.memory.history import History
from npc_runtime.persona.pack import load_pack
from npc_runtime.world.world import World


def ask(npc: str, line: str) -> Why:
    """Why a freshly met villager says what it says; no model is needed to choose."""
    pack = load_pack("hollowmere")
    world = World("w", "hollowmere", {f"place:{place.id}": place.name for place in pack.village.places})
    world.enter(f"npc:{npc}", pack.personas[npc].name, "place:green")
    director = Director(writer=None, profile=replace(RULES, reply=72), temperature=0, deadline=20, seed=1)
    history = History(None)
    director.open(world, Cast(pack), Remembering(history))
    utterance = Utterance(speaker="player:alex", speaker_name="Alex", to=f"npc:{npc}", text=line)

    async def reply() -> str:
        return [event async for event in director.say(world, utterance)][-1].reply  # type: ignore[union-attr]

    try:
        return director.why("w", asyncio.run(reply()))
    finally:
        history.close()


@pytest.mark.parametrize(
    ("npc", "line", "move", "fact"),
    [
        ("mira", "what happened to your father's hammer?", "answer", "has been missing"),
        ("mira", "who stole the hammer", "answer", "Tom has your hammer"),
        ("mira", "do you know where tom is", "answer", "carter's barn"),
        ("mira", "what do you sell?", "sell", "horseshoes for four pennies"),
        ("mira", "how much for a knife", "sell", "knives for nine pennies"),
        ("mira", "can i help you", "offer work", "charcoal"),
        ("mira", "what happened to your apprentice", "answer", "ran away to Carrow"),
        ("mira", "any news?", "gossip", "waters his flour"),
        ("mira", "who lives in the mill", "answer", "Bren is the miller"),
        ("mira", "what is that lake called", "answer", "The mere is the lake"),
        ("mira", "where am i?", "place", ""),
        ("mira", "what do you know about dragons", "admit", ""),
        ("mira", "why are you angry", "feel", ""),
        ("odile", "got a room for the night?", "sell", "four pennies a night"),
        ("odile", "whats for dinner", "sell", "eel stew"),
        ("odile", "what do people say about the miller?", "gossip", "waters his flour"),
        ("bren", "do you water your flour?", "answer", "flour"),
        ("wenna", "why is the brook dry", "answer", "your brook runs dry"),
        ("wenna", "i need a healing salve", "sell", "salve"),
        ("garrick", "what does it cost to cross the bridge", "answer", "one penny on foot"),
        ("aldous", "when is the harvest feast", "answer", "last cart of barley"),
        ("aldous", "tell me about the bell", "answer", "bell"),
        ("mira", "how do you feel about odile?", "answer", "Odile fed you"),
        ("mira", "what do you make of garrick", "answer", "sits by your forge"),
        ("bren", "can wenna be trusted?", "answer", "Wenna's watercress"),
        ("wenna", "is the miller an honest man", "answer", "let your garden die"),
        ("wenna", "would you trust tom", "admit", ""),
        ("mira", "what keeps you busy all day", "work", ""),
        ("odile", "bread and ale please", "sell", "ale for one penny"),
        ("odile", "who drinks the most in this place", "admit", ""),
        ("odile", "do you have any mead", "admit", ""),
        ("odile", "what have you got in the stew tonight", "sell", "eel stew"),
        ("mira", "i could fetch charcoal if you need some", "offer work", "charcoal"),
    ],
)
def test_the_fact_that_answers_is_chosen(npc: str, line: str, move: str, fact: str) -> None:
    why = ask(npc, line)
    assert why.move == move
    assert fact in " ".join(why.facts)
    assert bool(why.facts) == bool(fact)


def test_a_secret_that_is_asked_for_is_kept_and_stays_out_of_the_prompt() -> None:
    why = ask("tom", "did you steal mira's hammer?")
    assert why.move == "deflect"
    pack = load_pack("hollowmere")
    secrets = [secret.fact for persona in pack.personas.values() for secret in persona.secrets]
    assert not any(secret in message["text"] for secret in secrets for message in why.prompt)
