"""How often the fact that answers is among the claims that a small model is given: by words alone, and with embeddings.

Run `python -m benchmarks.recall`; `--missed` names the questions that were missed. The second row needs the extra
`semantic` or an embedding GGUF.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

import yaml

from npc_runtime import config
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.memories import Remembering
from npc_runtime.dialogue.policy.knowledge import known, roles
from npc_runtime.dialogue.policy.recalling import come_to_mind
from npc_runtime.dialogue.policy.relations import Feelings
from npc_runtime.dialogue.replies import Pending, Speaking
from npc_runtime.dialogue.state import Mind
from npc_runtime.engine.embedding import Embedder, load_embedder
from npc_runtime.memory.history import History
from npc_runtime.persona.pack import load_pack
from npc_runtime.world.world import World

K = 7  # claims on the card of a small model
NOWHERE = 1_000


class Asked(NamedTuple):
    """A question, whom it is asked, and how the facts begin of which any one will do."""

    npc: str
    text: str
    facts: tuple[str, ...]


def load() -> list[Asked]:
    """The questions."""
    found = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
    return [Asked(npc, one["ask"], tuple(one["facts"])) for npc, asked in found.items() for one in asked]


async def places(embedder: Embedder | None, most: int = K) -> dict[Asked, int]:
    """Where among `most` claims the fact stands that answers each question, from 0 on; `NOWHERE` where it does not.

    Raises ValueError where a fact is none of the villager's.
    """
    pack, history = load_pack("hollowmere"), History(None)
    cast, memory = Cast(pack), Remembering(history, lambda: embedder)
    memory.roles = roles(pack)
    mind = Mind(World("bench", "hollowmere", {}, {}), cast, memory, Feelings(cast), Speaking(Pending(30)))
    found = {}
    for asked in load():
        written = known(pack, pack.personas[asked.npc], ())
        if not all(any(fact.text.startswith(wanted) for fact in written) for wanted in asked.facts):
            raise ValueError(f"{asked.npc} does not know all of {asked.facts}")
        memory.meanings.of([fact.text for fact in written], embedder, memory.roles)
        await memory.meanings.ready()
        hits = await come_to_mind(mind, f"npc:{asked.npc}", asked.text, "", written, most)
        answers = (place for place, hit in enumerate(hits) if hit.memory.text.startswith(asked.facts))
        found[asked] = next(answers, NOWHERE)
    await memory.close()
    return found


def main() -> None:
    """Prints a row for each way."""
    total = len(load())
    for name, embedder in {"words alone": None, "words and meaning": load_embedder(config.load())}.items():
        ranks = asyncio.run(places(embedder))
        shares = [f"hit@{k} {sum(place < k for place in ranks.values()) / total:.3f}" for k in (1, 5, K)]
        print(f"{name:20} {'  '.join(shares)}", flush=True)
        for asked in [asked for asked, place in ranks.items() if place >= K and "--missed" in sys.argv]:
            print(f"    {asked.npc}: {asked.text}")


if __name__ == "__main__":
    main()
