"""A village on three engines: ours, llama-server and llama-cpp-python's examples/server, and the limit of the machine.

Two things are played, in a village of its own in each round, and the engines take turns. The crowd: every character
answers `--turns` times, one prompt after the other, all of them at once. The player: somebody talks to the last
character while the others go on among themselves. All write the same number of tokens behind the same prompts.

    python -m benchmarks.village --programs llama.cpp/build/bin --shape 0.5B --json
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.about import about, percentile
from benchmarks.output import show
from benchmarks.random_gguf import SHAPES, random_gguf
from benchmarks.village.limit import Depth, limit
from benchmarks.village.ours import Ours, ours
from benchmarks.village.rivals import Rival, examples_server, llama_server
from benchmarks.village.side import Reply, Side
from benchmarks.village.trace import REPLY_TOKENS, Trace, village
from npc_runtime.config import Config
from npc_runtime.engine.files.default_model import ensure_default

MOST_SLOTS = 16
CONTEXT = 2048
LAYOUTS = {"streams": (False,), "unified": (True,), "both": (False, True)}
CONVERSATIONS = 8  # that the player has with one of them, or as many as there is time for
ARRIVAL_SECONDS = 3.0
"""How long the others have been talking when the player comes."""
THINKING_SECONDS = 0.5
"""How long a player reads and types, between an answer and the next line."""


@dataclass
class Played:
    """What came of the rounds of one kind on one engine."""

    seconds: float = 0.0
    unique: int = 0
    crowd: list[Reply] = field(default_factory=list)
    player: list[Reply] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Tokens a second, of all that was written."""
        return sum(reply.written for reply in (*self.crowd, *self.player)) / self.seconds

    @property
    def prefilled(self) -> int | None:
        """Prompt tokens that were computed; None where the engine does not say."""
        counts = [reply.prefilled for reply in (*self.crowd, *self.player)]
        return sum(count for count in counts if count is not None) if None not in counts else None


async def crowd(side: Side, trace: Trace, played: Played) -> None:
    """Every character answers its prompts, all at once."""
    started = perf_counter()
    await asyncio.gather(*(_answers(side, prompts, played.crowd) for prompts in trace.characters))
    played.seconds += perf_counter() - started
    played.unique += trace.unique


async def with_player(side: Side, trace: Trace, played: Played) -> None:
    """The others answer their prompts; a player talks to the last character until they are done, and hears it out."""
    *others, last = trace.characters
    over = asyncio.Event()

    async def talk() -> None:
        await asyncio.sleep(ARRIVAL_SECONDS)
        for prompt in last:
            played.player.append(await side.write(prompt, player=True))
            await asyncio.sleep(THINKING_SECONDS)
            if over.is_set():
                break

    started = perf_counter()
    talking = asyncio.create_task(talk())
    await asyncio.gather(*(_answers(side, prompts, played.crowd) for prompts in others))
    played.seconds += perf_counter() - started
    over.set()
    await talking


async def _answers(side: Side, prompts: Sequence[Any], replies: list[Reply]) -> None:
    replies += [await side.write(prompt, player=False) for prompt in prompts]


async def measure(options: argparse.Namespace, model: Path, folder: Path) -> dict[str, Any]:
    """Starts every engine, and has them play round after round, in turn."""
    slots = min(options.characters, MOST_SLOTS)
    room = {"slots": slots, "context": CONTEXT, "threads": options.threads}
    async with AsyncExitStack() as stack:
        own = await stack.enter_async_context(ours(model, **room, unified=options.unified))
        sides: list[Side] = [own]
        for unified in LAYOUTS[options.layouts] if options.programs else ():
            server = options.programs / "llama-server"
            log = folder / f"server-{unified}.log"
            sides.append(await stack.enter_async_context(llama_server(server, model, log, **room, unified=unified)))
        if options.examples:
            log = folder / "examples.log"
            rival = examples_server(options.examples, model, log, **room, ends=own.ends)
            sides.append(await stack.enter_async_context(rival))
        talk = village(options.characters, options.turns, 0, own.tokenize)
        depth = Depth(talk.depth, talk.length)
        crowds = {side.name: Played() for side in sides}
        players = {side.name: Played() for side in sides}
        size = {"sequences": slots, "written": REPLY_TOKENS, "threads": options.threads}
        tools = partial(limit, options.programs, model, depth=depth, **size)
        least = tools() if options.programs else None
        outside = await _play(options, own, sides, crowds, players)
        found = _figures(options, sides, crowds, players)
        found["outside_decode_share"] = round(outside, 4)
        least = least and least.better(tools())  # a machine that others use is slower in one minute than in another
    if least is None:
        return found
    played = crowds["ours"]
    written = sum(reply.written for reply in played.crowd)
    found |= {
        "limit_prefill_depth": depth.reading,
        "limit_writing_depth": depth.writing,
        "limit_prefill_rate": round(least.prefill, 1),
        "limit_writing_rate": round(least.writing, 1),
        "limit_share": round(least.seconds(played.unique, written) / played.seconds, 3),
    }
    return found


async def _play(
    options: argparse.Namespace,
    own: Ours,
    sides: list[Side],
    crowds: dict[str, Played],
    players: dict[str, Played],
) -> float:
    """Plays all rounds; the share of our steps that was not spent inside the model, while a crowd spoke."""
    inside = steps = 0.0
    for number in range(options.rounds):
        among = min(options.characters, MOST_SLOTS)
        talk = village(options.characters, options.turns, 2 * number, own.tokenize)
        beside = village(among, options.turns, 2 * number + 1, own.tokenize, CONVERSATIONS)
        for position in range(len(sides)):
            side = sides[(number + position) % len(sides)]
            before = own.stats
            await crowd(side, talk, crowds[side.name])
            after = own.stats
            inside += after.decode_time - before.decode_time
            steps += after.step_time - before.step_time
            await with_player(side, beside, players[side.name])
    return 1 - inside / steps


def _figures(
    options: argparse.Namespace, sides: list[Side], crowds: dict[str, Played], players: dict[str, Played]
) -> dict[str, Any]:
    found: dict[str, Any] = {"unique_tokens": crowds["ours"].unique}
    for side in sides:
        one, other = crowds[side.name], players[side.name]
        firsts, waited = [reply.first for reply in one.crowd], [reply.first for reply in other.player]
        found[side.name] = {
            "seconds": round(one.seconds, 2),
            "tokens_per_s": round(one.rate, 1),
            "prefilled": one.prefilled,
            "first_word_p50_s": round(percentile(firsts, 0.5), 3),
            "first_word_p95_s": round(percentile(firsts, 0.95), 3),
            "player_lines": len(waited),
            "player_first_word_p50_s": round(statistics.median(waited), 3),
            "player_first_word_p95_s": round(percentile(waited, 0.95), 3),
            "beside_player_tokens_per_s": round(other.rate, 1),
            "peak_mib": side.peak_memory >> 20,
        }
    if not options.programs:
        return found
    best = max((found[side.name] for side in sides if isinstance(side, Rival) and "llama-server" in side.name),
               key=lambda figures: figures["tokens_per_s"])  # fmt: skip
    own = found["ours"]
    found["tokens_ratio_vs_llama_server"] = round(own["tokens_per_s"] / best["tokens_per_s"], 3)
    found["player_first_word_p95_ratio"] = round(own["player_first_word_p95_s"] / best["player_first_word_p95_s"], 3)
    if "examples/server" in found:
        other_rate = found["examples/server"]["tokens_per_s"]
        found["tokens_ratio_vs_examples_server"] = round(own["tokens_per_s"] / other_rate, 3)
    return found


def run(options: argparse.Namespace) -> dict[str, Any]:
    """One flat object, with one for each engine in it."""
    described = about()
    with tempfile.TemporaryDirectory(prefix="npc-runtime-") as name:
        folder = Path(name)
        if options.model:
            model = options.model
        elif options.shape == "default":
            model = ensure_default(Config().cache_dir)  # without its adapter, which no side has then
        else:
            model = random_gguf(folder / "model.gguf", SHAPES[options.shape], context=CONTEXT)
        found = asyncio.run(measure(options, model, folder))
    asked = {
        "shape": options.model.stem if options.model else options.shape,
        "characters": options.characters,
        "turns": options.turns,
    }
    return {**asked, "rounds": options.rounds, "threads": options.threads, **found, **described}


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--programs", type=Path, help="where llama-server and llama-bench are; without, ours alone")
    parser.add_argument("--examples", type=Path, help="examples/server/server.py of llama-cpp-python's sources")
    parser.add_argument("--model", type=Path, help="a GGUF file instead")
    parser.add_argument("--unified", action="store_true", help="one buffer for all characters on our side, too")
    parser.add_argument("--layouts", choices=LAYOUTS, default="both", help="of llama-server's cache")
    parser.add_argument("--shape", choices=("default", *SHAPES), default="0.5B")
    parser.add_argument("--characters", type=int, default=16)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    options = parser.parse_args()
    found = run(options)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
