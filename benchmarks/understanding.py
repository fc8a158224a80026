"""What the model understands: lines typed by people who saw nothing of what it learned from, held out in `held_out/`.

    python -m benchmarks.understanding [--model FILE] [--out transcript.jsonl]

Counted is what can be: whether the move is one of the apt ones, whether the reply draws on the right facts and says the
words of a right answer, whether names or numbers were made up, who was found to be meant. Whether a reply is apt is
judged by reading the transcript.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.about import about
from npc_runtime.config import load
from npc_runtime.dialogue.generation.choices import ANSWERS, NOBODY, Line, Present, Side, audience, mediator
from npc_runtime.dialogue.generation.parser import decided
from npc_runtime.dialogue.generation.prompt import sheet
from npc_runtime.dialogue.generation.write import sampling
from npc_runtime.dialogue.policy.addressed import Called, called
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.dialogue.policy.options import NOW, Bounds, options
from npc_runtime.dialogue.quarrel.argument import begin
from npc_runtime.dialogue.quarrel.mediator import about as about_party
from npc_runtime.dialogue.quarrel.mediator import kinds
from npc_runtime.dialogue.quarrel.party import Complaint, Party
from npc_runtime.dialogue.quarrel.reading import read as read_mediator
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.embedding import Embedder, load_embedder
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import ChoiceFormat, Option, ReplyFormat, Request, Text
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.memory.likeness import covered, holding, likeness
from npc_runtime.memory.recall import Memory
from training.exchanges import card

FOLDER = Path(__file__).with_name("held_out")
ITSELF = frozenset({"place", "work", "introduce", "feel"})
"""Moves that say what is so now without a number: they are of nothing else."""
KINDS = (
    (re.compile(r"(?:told you|says|said) that\b"), "told"),
    (re.compile(r"^You need\b"), "need"),
    (re.compile(r"^You (?:sell|charge|trade|rent|lend|mend|take|ask)\b|\bcosts?\b|\bfor (?:\w+ ){1,2}\w+\.$"), "price"),
)
_CAPITAL = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][\w'’]+")
_NUMBERED = re.compile(r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand)\b")


def claims(exchange: Mapping[str, Any]) -> list[Memory]:
    """The facts of a held-out card, with the kinds that an author would have given them."""
    found = []
    for fact in exchange["facts"]:
        if " said to you" in fact:
            who = "said:listener" if fact.startswith(exchange["listener"]) else "said:other"
            found.append(Memory(fact, who, "told"))
        else:
            kind = next((kind for pattern, kind in KINDS if pattern.search(fact)), "fact")
            found.append(Memory(fact, "said:other" if kind == "told" else "persona", kind))
    return found


def offered(exchange: Mapping[str, Any], most: int) -> tuple[Option, ...]:
    """What the character may do."""
    others = [one for one in exchange["heard"] if one[0] not in ("you", exchange["listener"])]
    spoke = any(one[0] == exchange["listener"] for one in exchange["heard"])
    bounds = Bounds("listener", exchange["feeling"], spoke=spoke, overheard=bool(others))
    return options(claims(exchange), bounds, most=most)


def invented(reply: str, exchange: Mapping[str, Any]) -> list[str]:
    """Names and numbers in a reply that stand nowhere on its card."""
    known = json.dumps(exchange, ensure_ascii=False).lower()
    names = [name for name in _CAPITAL.findall(reply) if not name.startswith("I'") and name != "I"]
    numbers = _NUMBERED.findall(reply.lower())
    return [word for word in (*names, *numbers) if word.lower().removesuffix("'s").removesuffix("’s") not in known]


def recalled(exchange: dict[str, Any], embedder: Embedder | None) -> dict[str, Any]:
    """The exchange with its facts in the order in which recall gives them for the line, best first."""
    facts = exchange["facts"]
    if not facts:
        return exchange
    texts = [frozenset(ENGLISH.terms(fact)) for fact in facts]
    held = holding([(term,) for term in ENGLISH.terms(exchange["line"])], texts)
    cosines = np.full(len(facts), np.nan)
    if embedder is not None:
        vectors = embedder.embed([exchange["line"], *facts])
        cosines = (vectors[1:] @ vectors[0]).astype(float)
    scores = likeness(covered(held, np.ones(len(facts), bool)), cosines)
    order = np.argsort(-scores, kind="stable")
    places = {int(old) + 1: new for new, old in enumerate(order, 1)}
    want = exchange["want"] | {"facts": [places.get(number, 0) for number in exchange["want"]["facts"]]}
    return exchange | {"facts": [facts[place] for place in order], "want": want}


class Understanding:
    """One model, asked everything."""

    def __init__(self, model: LlamaModel, bridge: Bridge, temperature: float, embedder: Embedder | None) -> None:
        self._model, self._bridge, self._temperature, self._embedder = model, bridge, temperature, embedder
        voices = model.profile.voices
        self._voiced = frozenset(move.value for move in Move) if voices is None else voices

    async def _write(self, messages: Sequence[Any], form: ReplyFormat | ChoiceFormat) -> str:
        drawn = sampling(self._model.profile, self._temperature, 1)
        request = Request(tuple(messages), max_tokens=80, sampling=drawn, format=form)
        return "".join([e.text async for e in self._bridge.generate(request) if isinstance(e, Text)])

    async def answer(self, exchange: dict[str, Any]) -> dict[str, Any]:
        """The exchange with what the model made of it."""
        exchange = recalled(exchange, self._embedder)
        form = ReplyFormat(EMOTIONS, (), offered(exchange, self._model.profile.draws_on))
        exchange = {"about": "", **exchange, "move": "chat", "uses": []}
        raw = await self._write(sheet(card(exchange)), form)
        first, _, reply = raw.partition("\n")
        choice, want = decided(first), exchange["want"]
        words = reply.partition(")")[2].strip()
        named = set(choice.numbers) | ({NOW} if choice.word in ITSELF else set())
        right = set(want["facts"])
        uses = bool(named & right) if want.get("any") else right <= named
        return exchange | {
            "raw": raw,
            "apt_move": choice.word in want["moves"],
            "right_fact": (uses if right else not choice.numbers)
            and (choice.word not in self._voiced or all(word in words.lower() for word in want["says"])),
            "invented": invented(words, exchange),
        }

    async def address(self, one: dict[str, Any]) -> dict[str, Any]:
        """The line with who the model found to be meant."""
        here = [Present(who["name"], who.get("role", ""), tuple(who.get("aliases", ()))) for who in one["here"]]
        heard = [Line(speaker, text, to) for speaker, to, text in one.get("heard", ())]
        form = ChoiceFormat((Option(ANSWERS, tuple(range(1, len(here) + 1)), 1, 1), Option(NOBODY)))
        raw = await self._write(audience(here, heard, Line(one["speaker"], one["line"]), ENGLISH), form)
        number = next(iter(decided(raw).numbers), 0)
        by_model = here[number - 1].name if number else ""
        call = called(one["line"], [Called(who.name, (who.name, *who.aliases), who.role) for who in here])
        by_both = call.meant(by_model or None) or ""
        return one | {
            "by": {"model": by_model, "rules": call.who or "", "both": by_both},
            "right": by_model == one["who"],
            "by_rules": (call.who or "") == one["who"],
            "by_both": by_both == one["who"],
        }

    async def mediate(self, one: dict[str, Any]) -> dict[str, Any]:
        """The line with what the model, and the words alone, make of it."""
        sides = [Side(party["name"], party["grievance"], party["demand"]) for party in one["parties"]]
        heard = [Line(speaker, text, to) for speaker, to, text in one["heard"]]
        raw = await self._write(
            mediator(sides, heard, Line(one["by"], one["line"]), ENGLISH), ChoiceFormat(kinds(len(sides)))
        )
        choice, want = decided(raw), one["want"]
        parties = tuple(
            Party(side.name, side.name, complaints={other.name: Complaint(side.grievance, side.demand)})
            for side, other in zip(sides, reversed(sides), strict=True)
        )
        place = about_party(choice, one["line"], parties)
        whom = "" if place is None else sides[place].name
        words = read_mediator(begin("a", "this", parties), "player:by", one["by"], one["line"])
        wanted = want["side"] or want["against"]
        return one | {
            "raw": raw,
            "right": choice.word in want["means"] and whom == wanted,
            "by_rules": words.kind in want["means"]
            and (words.side if words.kind == "side" else words.against) == wanted,
            "kind_by_rules": words.kind in want["means"],
            "kind": choice.word in want["means"],
        }


def interval(right: int, of: int) -> str:
    """A rate with its 95% interval (Wilson 1927)."""
    if not of:
        return "-"
    z, rate = 1.96, right / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{rate:.3f} ({middle - half:.2f} to {middle + half:.2f}, n={of})"


def read(name: str) -> list[dict[str, Any]]:
    """A file of held-out lines."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line]


async def measure(model: LlamaModel, temperature: float, most: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held out, answered."""
    engine = Engine(model)
    engine.start()
    embedder = load_embedder(load({}, environ={}))
    asked = Understanding(model, Bridge(engine, asyncio.get_running_loop()), temperature, embedder)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    console = Console(stderr=True)
    for name in ("general", "now", "followups", "provocations"):
        for one in track(read(name)[:most], name, console=console):
            found[name].append(await asked.answer(one))
    for one in track(read("addressed")[:most], "addressed", console=console):
        found["addressed"].append(await asked.address(one))
    for one in track(read("mediators")[:most], "mediators", console=console):
        found["mediators"].append(await asked.mediate(one))
    engine.close()
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Ask a model everything that is held out.")
    parser.add_argument("--model", default=None)
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument("--most", type=int, default=10_000, help="lines of each file")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None, help="a transcript, as JSON lines")
    args = parser.parse_args()
    settings = {"slots": 1, "threads": args.threads}
    config = load({**settings, **({"model": args.model} if args.model else {})}, environ={})
    found = asyncio.run(measure(LlamaModel(config), args.temperature, args.most))
    table = Table("lines", "apt move", "right fact", "right fact where one answers", "made up")
    for name, lines in found.items():
        if name in ("addressed", "mediators"):
            for how in sorted(key for key in lines[0] if key.startswith(("right", "by_", "kind"))):
                table.add_row(f"{name}, {how}", interval(sum(one[how] for one in lines), len(lines)), "", "", "")
            continue
        answered = [one for one in lines if one["want"]["facts"]]
        table.add_row(
            name,
            interval(sum(one["apt_move"] for one in lines), len(lines)),
            interval(sum(one["right_fact"] for one in lines), len(lines)),
            interval(sum(one["right_fact"] for one in answered), len(answered)),
            str(sum(bool(one["invented"]) for one in lines)),
        )
    unknown = [one for one in found["general"] if one["want"]["moves"] == ["admit"]]
    Console().print(table)
    admitted = sum(one["raw"].startswith("admit") for one in unknown)
    print(f"says that it does not know: {interval(admitted, len(unknown))}")
    confused = Counter(
        (one["want"]["moves"][0], one["raw"].split("\n")[0]) for one in found["general"] if not one["apt_move"]
    )
    print("wrong moves:", confused.most_common(12))
    if args.out:
        told = [{"file": name, **one} for name, lines in found.items() for one in lines]
        args.out.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in told), encoding="utf-8")
    print(json.dumps(about() | {"model": str(config.model)}))


if __name__ == "__main__":
    main()
