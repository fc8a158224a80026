"""Which sampler suits the default model: held-out lines, each asked of every sampler with several seeds.

    python -m benchmarks.samplers --json [--people 8] [--seeds 3]

People of `held_out/` are asked all of their lines in turn, once for each sampler and seed; so each such run is a talk,
in which the guard minds the last lines as it does in the daemon, and DRY hears them. What a character does is a closed
choice, drawn at its own temperature by its own dice: it is counted to show that no sampler changes it. The model speaks
for every move here; lines of moves for which it is trusted to (`facts`) stand apart from those that authors say in its
stead (`talk`). The costs of a token are taken on random logits over a vocabulary of 152 thousand, with a full window of
DRY.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.about import about
from benchmarks.understanding import claims, interval, invented, read, recalled
from npc_runtime.config import load
from npc_runtime.dialogue.generation.guard import Breach, Guard
from npc_runtime.dialogue.generation.parser import decided
from npc_runtime.dialogue.generation.prompt import sheet
from npc_runtime.dialogue.generation.said import phrases
from npc_runtime.dialogue.generation.tokens import words
from npc_runtime.dialogue.gossip.teaching import CARRIED
from npc_runtime.dialogue.policy.options import Bounds, options
from npc_runtime.dialogue.replies import SPOKEN_KEPT
from npc_runtime.dice import mix
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.embedding import load_embedder
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama import sampler as llama_sampler
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.llama.sampler import DRY_WINDOW, LlamaSampler
from npc_runtime.engine.request import Option, ReplyFormat, Request, Sampling, Text
from npc_runtime.engine.tokens.entropy import ASKING, EXPLORING, LOST, gated
from npc_runtime.engine.tokens.sampling import likeliest
from npc_runtime.language.english.english import ENGLISH
from training.exchanges import card

TEMPERATURE, CHOOSING, MIN_P, DRY = 0.7, 0.2, 0.1, 0.8
KINDS = ("facts", "talk")
RUN = 4  # words of a phrase that counts as repeated
VOCABULARY, DRAWS = 151_936, 2000


@dataclass(frozen=True)
class Before(Sampling):
    """What was the default: the 40 likeliest, of these the likeliest 95%, of these min-p."""


WAYS: dict[str, Sampling] = {
    "before (top-k, top-p, min-p)": Before(TEMPERATURE, CHOOSING, min_p=MIN_P),
    "min-p": Sampling(TEMPERATURE, CHOOSING, min_p=MIN_P),
    "min-p and DRY": Sampling(TEMPERATURE, CHOOSING, min_p=MIN_P, dry=DRY),
    "dynamic (temp_ext)": Sampling(TEMPERATURE, CHOOSING, "dynamic", min_p=MIN_P),
    "entropy": Sampling(TEMPERATURE, CHOOSING, "entropy", min_p=MIN_P),
    "greedy": Sampling(0.0, CHOOSING, min_p=MIN_P),
}


class Model(LlamaModel):
    """One that also draws as it was done before."""

    def sampler(self, sampling: Sampling, seed: int) -> LlamaSampler:
        """A new sampler chain."""
        found = super().sampler(sampling, seed)
        if isinstance(sampling, Before):
            chain = found._chain
            rest = [cpp.llama_sampler_chain_remove(chain, 0) for _ in range(cpp.llama_sampler_chain_n(chain))]
            for stage in (cpp.llama_sampler_init_top_k(40), cpp.llama_sampler_init_top_p(0.95, 1), *rest):
                cpp.llama_sampler_chain_add(chain, stage)
        return found


@dataclass
class Run:
    """One talk of a person, by one way of drawing."""

    way: str
    seed: int
    said: deque[str] = field(default_factory=lambda: deque(maxlen=SPOKEN_KEPT))  # what got past the guard
    replies: list[str] = field(default_factory=list)


@dataclass
class Found:
    """What one way of drawing gave in lines of one kind."""

    apt: list[bool] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)  # facts
    kept: list[bool] = field(default_factory=list)  # the line says the facts that were chosen
    invented: list[bool] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    breaches: Counter[str] = field(default_factory=Counter)
    within: list[float] = field(default_factory=list)  # share of phrases that came before in the same reply
    across: list[float] = field(default_factory=list)  # in an earlier reply of the talk
    again: list[bool] = field(default_factory=list)  # the whole line was said before in the talk
    bigrams: list[list[tuple[str, ...]]] = field(default_factory=list)  # of each seed
    length: list[int] = field(default_factory=list)  # words
    variety: list[float] = field(default_factory=list)  # different lines of those that the seeds gave

    def row(self) -> dict[str, Any]:
        """The figures."""
        flags = {"apt": self.apt, "right": self.right, "kept": self.kept, "invented": self.invented}
        flags |= {"refused": self.refused, "again": self.again}
        means: dict[str, list[float]] = {"within": self.within, "across": self.across, "variety": self.variety}
        distinct = _mean([len(set(pairs)) / len(pairs) for pairs in self.bigrams if pairs])
        return {
            **{name: interval(sum(found), len(found)) for name, found in flags.items()},
            **{name: _mean(found) for name, found in means.items()},
            "distinct_2": distinct,
            "words": _mean(self.length),
            "breaches": dict(self.breaches),
        }


class Comparison:
    """Asks one model everything, by every way of drawing."""

    def __init__(self, model: LlamaModel, bridge: Bridge, seeds: int) -> None:
        self._model, self._bridge, self._seeds = model, bridge, seeds
        self.found = {kind: {way: Found(bigrams=[[] for _ in range(seeds)]) for way in WAYS} for kind in KINDS}

    async def person(self, lines: Sequence[dict[str, Any]]) -> None:
        """A person's lines in turn, in all runs at once."""
        runs = [Run(way, seed) for way, how in WAYS.items() for seed in range(self._seeds if how.temperature else 1)]
        for number, exchange in enumerate(lines):
            first, *others = runs  # which reads the prompt for all
            written = [await self._write(first, exchange, number)]
            written += await asyncio.gather(*(self._write(run, exchange, number) for run in others))
            spoken: dict[tuple[str, str], list[str]] = defaultdict(list)
            for run, text in zip(runs, written, strict=True):
                spoken[run.way, self._note(run, exchange, text)].append(run.replies[-1])
            for (way, kind), texts in spoken.items():
                if len(texts) == self._seeds > 1:
                    self.found[kind][way].variety.append(len(set(texts)) / len(texts))

    async def _write(self, run: Run, exchange: dict[str, Any], number: int) -> str:
        request = Request(
            tuple(sheet(card({"about": "", **exchange, "move": "chat", "uses": []}))),
            max_tokens=self._model.profile.reply,
            sampling=replace(WAYS[run.way], seed=mix(run.seed, number)),
            format=ReplyFormat(EMOTIONS, (), self._offered(exchange)),
            said=phrases(run.said, exchange["facts"], ENGLISH),
        )
        return "".join([e.text async for e in self._bridge.generate(request) if isinstance(e, Text)])

    def _offered(self, exchange: dict[str, Any]) -> tuple[Option, ...]:
        others = [one for one in exchange["heard"] if one[0] not in ("you", exchange["listener"])]
        spoke = any(one[0] == exchange["listener"] for one in exchange["heard"])
        bounds = Bounds("listener", exchange["feeling"], spoke=spoke, overheard=bool(others))
        return options(claims(exchange), bounds, most=self._model.profile.draws_on)

    def _note(self, run: Run, exchange: dict[str, Any], raw: str) -> str:
        """Counts a reply; returns its kind."""
        first, _, reply = raw.partition("\n")
        choice, want, text = decided(first), exchange["want"], reply.partition(")")[2].strip()
        kind = "facts" if choice.word in (self._model.profile.voices or ()) else "talk"
        found = self.found[kind][run.way]
        named, right = set(choice.numbers), set(want["facts"])
        found.apt.append(choice.word in want["moves"])
        if right:
            found.right.append(bool(named & right) if want.get("any") else right <= named)
        chosen = [exchange["facts"][number - 1] for number in choice.numbers if number]
        if chosen:
            found.kept.append(all(_carries(text, fact) for fact in chosen))
        found.invented.append(bool(invented(text, exchange)))
        breach = _refused(text, exchange, run.said)
        found.refused.append(bool(breach))
        found.breaches.update([breach] if breach else [])
        said = words(text)
        found.length.append(len(said))
        runs, earlier = _phrases(said), {one for line in run.replies for one in _phrases(words(line))}
        found.within.append(1 - len(set(runs)) / len(runs) if runs else 0.0)
        found.across.append(_mean([one in earlier for one in runs]))
        found.again.append(said in map(words, run.replies))
        found.bigrams[run.seed] += itertools.pairwise(said)
        run.replies.append(text)
        if not breach:
            run.said.append(text)
        return kind


def _carries(text: str, fact: str) -> bool:
    """Whether a line says a fact, as `teaching.carries` does."""
    wanted, said = (set(map(ENGLISH.notion, ENGLISH.terms(one))) for one in (fact, text))
    return len(wanted & said) >= CARRIED * len(wanted)


def _refused(text: str, exchange: dict[str, Any], said: Iterable[str]) -> str:
    """Why the guard lets a line not pass; nothing where it does."""
    guard = Guard(exchange["name"], [exchange["listener"]], tuple(said))
    try:
        guard.feed(text)
        guard.end()
    except Breach as breach:
        return str(breach)
    return ""


def _phrases(said: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)]


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0


def costs(model: Model) -> dict[str, float]:
    """Microseconds a token, with the cut before it, at the median."""
    random = np.random.default_rng(0)
    rows = [(random.gumbel(0, 2.0, VOCABULARY)).astype(np.float32) for _ in range(8)]
    spent: dict[str, list[float]] = defaultdict(list)
    samplers = {way: model.sampler(how, 1) for way, how in WAYS.items()}
    for sampler in samplers.values():
        for token in random.integers(0, 400, DRY_WINDOW):
            sampler.accept(int(token))
    for number in range(DRAWS):
        logits = rows[number % len(rows)]
        for way, sampler in samplers.items():
            started = time.perf_counter()
            tokens = likeliest(logits)
            sampler.accept(sampler.draw(tokens, logits[tokens]) % 400)  # a token that this vocabulary has
            spent[way].append(time.perf_counter() - started)
    for sampler in samplers.values():
        sampler.close()
    return {way: round(1e6 * float(np.median(seconds)), 1) for way, seconds in spent.items()}


async def measure(model: Model, people: int, seeds: int) -> dict[str, dict[str, Found]]:
    """All of it, by the kind of lines."""
    engine = Engine(model)
    engine.start()
    embedder = load_embedder(load({}, environ={}))
    talks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    provoked = people // 3  # of these
    for name, some in (("general", people - provoked), ("provocations", provoked)):
        lines = read(name)
        names = list(dict.fromkeys(one["name"] for one in lines))[:some]
        for one in lines:
            if one["name"] in names:
                talks[one["name"]].append(one)
    comparison = Comparison(model, Bridge(engine, asyncio.get_running_loop()), seeds)
    for talk in track(list(talks.values()), "people", console=Console(stderr=True)):
        await comparison.person([recalled(one, embedder) for one in talk])
    engine.close()
    return comparison.found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Compare ways of drawing on the default model.")
    parser.add_argument("--model", default=None)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path, default=None, help="where the figures go too")
    args = parser.parse_args()
    named = {"model": args.model} if args.model else {}
    gates: Counter[str] = Counter()

    def counted(temperature: float, logits: Any) -> float:
        found = gated(temperature, logits)
        names = {0.0: "sure", 1.0: "between", ASKING: "high entropy", EXPLORING: "a fork", LOST: "both high"}
        gates[names[round(found / temperature, 6)]] += 1
        return found

    setattr(llama_sampler, "gated", counted)  # noqa: B010
    model = Model(load({"slots": 16, "threads": args.threads, **named}, environ={}))
    spent = costs(model)
    gates.clear()
    found = asyncio.run(measure(model, args.people, args.seeds))
    rows = {kind: {way: one.row() for way, one in ways.items()} for kind, ways in found.items()}
    result = {**about(), "people": args.people, "seeds": args.seeds, "gates": dict(gates), "microseconds": spent}
    result |= rows
    if args.out:
        args.out.write_text(json.dumps(result, indent=1), encoding="utf-8")
    if args.json:
        print(json.dumps(result))
        return
    for kind, ways in rows.items():
        table = Table(kind, *WAYS)
        for figure in next(iter(ways.values())):
            table.add_row(figure, *(str(row[figure]) for row in ways.values()))
        Console().print(table)
    print(json.dumps({"gates": gates, "microseconds": spent}))


if __name__ == "__main__":
    main()
