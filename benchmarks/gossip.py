"""How news spreads: twenty villagers, ten days, through the real minds and memories, and an oracle beside them.

Villagers go about by seed and meet in pairs; what one tells the other goes by `exchange`, without a model. Four pieces
of news are let loose: a great one and a small one that somebody sees, a rumour that a player brings, and what sets it
right four days later. The oracle knows nothing of the runtime's rules but those in docs/gossip.md.

`python -m benchmarks.gossip` prints a table; `--json` one JSON object; `--write` renews the table and the plot in the
document.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.curves import svg
from npc_runtime.cli import bench
from npc_runtime.dialogue.cast import Cast
from npc_runtime.dialogue.director import Director, Utterance
from npc_runtime.dialogue.gossip.belief import Known, belief
from npc_runtime.dialogue.gossip.exchange import Passed, exchange
from npc_runtime.dialogue.memories import TELLABLE, Remembering
from npc_runtime.dialogue.state import Mind
from npc_runtime.dice import throw
from npc_runtime.engine import profile
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.wording import Wording
from npc_runtime.memory.entry import Entry
from npc_runtime.memory.history import History
from npc_runtime.memory.news import BELIEVED, news, same
from npc_runtime.persona.model import FORMAT, Barks, Pack, Persona, Place, Village
from npc_runtime.world.world import World

VILLAGERS, DAYS, SEEDS = 20, 10, 3
HOURS = 2  # of a day, in each of which everybody is somewhere and may meet somebody
DEPTH = 3
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "gossip.md"
PLOT = DOCUMENT.with_suffix(".svg")
BEGIN, END = "<!-- table: python -m benchmarks.gossip --write -->", "<!-- end of table -->"
PLACES = ("square", "inn", "mill", "smithy", "chapel", "ford")
NAMES = (
    *("Aldo", "Brida", "Cuno", "Dora", "Edda", "Falk", "Gerd", "Hilda", "Ivo", "Rolf"),
    *("Jutta", "Karl", "Lena", "Marta", "Nils", "Otto", "Petra", "Sefa", "Tilda", "Udo"),
)
LINK = Wording(ENGLISH, {f"npc:{name.lower()}": name for name in NAMES} | {"player:alex": "Alex"})
TRAITS = ("gossipy", "honest", "curious", "kind", "proud", "dramatic", "stubborn", "lazy")
GREAT = "A cart of salt overturned at the ford last night."
SMALL = "Three geese wandered into the chapel."
RUMOUR = "Rolf stole the silver candlestick."
RIGHT = "Rolf did not steal the silver candlestick. It was found under the altar."
MATTERS: dict[str, tuple[str, str]] = {
    "great": ("great news, seen by two", GREAT),
    "small": ("small news, seen by two", SMALL),
    "rumour": ("a rumour, brought by a player", RUMOUR),
    "right": ("what sets it right, from day five", RIGHT),
}
SEEN = {"great": 1.0, "small": 0.3}  # importance
SET_RIGHT = 4  # days behind the rumour


@dataclass
class Meeting:
    """Two who met, and what came of it."""

    at: int
    pair: tuple[str, str]
    passed: list[Passed]


@dataclass
class Log:
    """One village's ten days."""

    witnesses: dict[str, list[str]]  # by matter
    meetings: list[Meeting] = field(default_factory=list)
    believers: list[dict[str, set[str]]] = field(default_factory=list)  # by day: matter -> who believes it
    entries: list[Entry] = field(default_factory=list)  # everybody's memories at the end


def pack(seed: int, villagers: int) -> Pack:
    """Villagers with traits by seed, who feel nothing for each other."""
    people = {
        name.lower(): Persona.model_validate(
            {
                "id": name.lower(),
                "name": name,
                "role": "villager",
                "traits": sorted({TRAITS[int(throw(seed, name, n) * len(TRAITS))] for n in range(2)}),
                "knows": ["village"],
                "place": "square",
            }
        )
        for name in NAMES[:villagers]
    }
    places = [Place(id=place, name=f"the {place}") for place in PLACES]
    village = Village(format=FORMAT, name="Tarn", summary="A village where everybody talks.", places=places)
    return Pack(id="tarn", village=village, personas=people, lore=[], barks=Barks(lines={"any": {"any": ["Hm."]}}))


async def live(seed: int, villagers: int, days: int, file: Path) -> Log:
    """Ten days of one village."""
    made = pack(seed, villagers)
    world = World("tarn", made.id, {f"place:{place}": f"the {place}" for place in PLACES})
    director = Director(writer=None, profile=replace(profile.SMALL, reply=8), temperature=0, deadline=30, seed=seed)
    mind = director.open(world, Cast(made), Remembering(History(file)))
    for persona in made.personas.values():
        world.enter(f"npc:{persona.id}", persona.name, "place:square")
    world.player("player:alex", "Alex")
    people = [npc for npc in world.entities if npc.startswith("npc:")]
    log = Log({matter: _drawn(people, 2, seed, matter) for matter in SEEN})
    told = [npc for npc in people if npc != "npc:rolf"]
    try:
        await mind.keep([_seen(mind, npc, matter) for matter, seen in log.witnesses.items() for npc in seen])
        for day in range(days):
            if day == 0:
                await _say(director, world, _drawn(told, 1, seed, "rumour"), RUMOUR)
            if day == SET_RIGHT:
                await _say(director, world, _drawn(told, 2, seed, "right"), RIGHT)
            for hour in range(HOURS):
                for npc in people:
                    world.move(npc, PLACES[int(throw(seed, "goes", day, hour, npc) * len(PLACES))])
                for pair in _pairs(world, seed, day, hour):
                    passed = await exchange(mind, *pair, seed=seed)
                    log.meetings.append(Meeting(world.clock.now, pair, passed))
                world.advance(by=86_400 // HOURS)
            log.believers.append(
                {matter: await _believers(mind, people, text) for matter, (_, text) in MATTERS.items()}
            )
        log.entries = [stored.entry for npc in people for stored in await mind.memory.page(npc, 0, 10_000)]
    finally:
        await mind.memory.close()
    return log


def _drawn(people: Sequence[str], count: int, *key: object) -> list[str]:
    return sorted(people, key=lambda npc: throw("drawn", *key, npc))[:count]


def _seen(mind: Mind, npc: str, matter: str) -> Entry:
    claim = mind.wording.linked(MATTERS[matter][1])
    told = news(claim, ENGLISH)
    return Entry(npc, "witnessed", claim, mind.world.clock.now, importance=SEEN[matter], news=told)


async def _say(director: Director, world: World, to: Sequence[str], text: str) -> None:
    """A player tells each of them, where nobody else listens."""
    for npc in to:
        async for _ in director.say(world, Utterance("player:alex", "Alex", npc, text)):
            pass


def _pairs(world: World, seed: int, day: int, hour: int) -> list[tuple[str, str]]:
    """Who meets whom: at every place, two and two."""
    found = []
    for place in PLACES:
        there = [npc for npc in world.here(f"place:{place}") if npc.startswith("npc:")]
        there.sort(key=lambda npc: throw("meets", seed, day, hour, npc))
        found += list(pairwise(there))[::2]
    return found


async def _believers(mind: Mind, people: Sequence[str], text: str) -> set[str]:
    """Who goes by a piece of news by now."""
    wanted, found = news(text, ENGLISH), set()
    for npc in people:
        known = [Known(stored.entry) for stored in await mind.memory.news(npc)]
        mine = [one for one in known if is_of(one.entry, text) and one.news.corrects == wanted.corrects]
        if any(belief(one, known, ENGLISH) >= BELIEVED for one in mine):
            found.add(npc)
    return found


def is_of(entry: Entry, text: str) -> bool:
    """Whether a memory is of a piece of news, be it said otherwise."""
    claim, told = LINK.linked(text.replace(". It", "; it")), entry.passed_on
    wanted = news(claim, ENGLISH)
    if entry.how not in TELLABLE or bool(told.denies) != bool(wanted.denies):
        return False
    return told.corrects == wanted.corrects and same(told.root, claim, ENGLISH)


# ------------------------------------------------------------------------------------------------- the oracle


def reachable(log: Log, matter: str) -> dict[str, int]:
    """Who can know a matter that everybody passes on, and through how many mouths at least, by the meetings alone.

    Both tell at a meeting what they knew before it; nobody tells the same person twice, or whoever told
    them; the third mouth is the last.
    """
    depth = dict.fromkeys(log.witnesses[matter], 0)
    told: set[tuple[str, str]] = set()
    for meeting in log.meetings:
        a, b = meeting.pair
        before, before_told = dict(depth), set(told)
        for teller, listener in ((a, b), (b, a)):
            if before.get(teller, DEPTH) < DEPTH and not {(teller, listener), (listener, teller)} & before_told:
                told.add((teller, listener))
                depth[listener] = min(depth.get(listener, DEPTH), before[teller] + 1)
    return depth


def replayed(log: Log) -> dict[str, set[tuple[str, str, int]]]:
    """By character, what the log of passings has it told: by whom, in which words, through how many mouths."""
    told: defaultdict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for meeting in log.meetings:
        for one in meeting.passed:
            assert {one.teller, one.listener} == set(meeting.pair), "news went by no meeting"
            told[one.listener].add((one.teller, one.claim, one.depth))
    return dict(told)


def orphans(log: Log) -> list[Entry]:
    """Memories of hearsay whose teller had nothing of the kind, one mouth less deep, at the time."""
    found = []
    for entry in log.entries:
        if entry.how != "told" or entry.who.startswith("player:"):
            continue
        if entry.news.denies and not entry.news.corrects and entry.who == entry.origin:
            continue  # whoever is accused denies out of itself
        root = entry.passed_on.root
        behind = [
            known
            for known in log.entries
            if known.owner == entry.who and known.how in TELLABLE and known.depth == entry.depth - 1
            if known.at <= entry.at and same(known.passed_on.root, root, ENGLISH)
            if entry.origin == (known.origin if known.how == "told" else known.owner)
        ]
        if not behind:
            found.append(entry)
    return found


def checked(log: Log) -> dict[str, Any]:
    """What must hold of a village, as numbers: all but the counts of what was told must be 0."""
    knows = {
        entry.owner: min(entry.depth, *(other.depth for other in log.entries if _same_news(entry, other)))
        for entry in log.entries
        if is_of(entry, GREAT)
    }
    told: defaultdict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for entry in log.entries:
        if entry.how == "told" and entry.who.startswith("npc:"):
            told[entry.owner].add((entry.who, entry.claim, entry.depth))
    return {
        "meetings": len(log.meetings),
        "passed": sum(len(meeting.passed) for meeting in log.meetings),
        "oracle_differs": len(set(knows.items()) ^ set(reachable(log, "great").items())),
        "log_differs": sum(len(told[npc] ^ replayed(log).get(npc, set())) for npc in {*told, *replayed(log)}),
        "beyond_reach": sum(len(_owners(log, MATTERS[matter][1]) - {*reachable(log, matter)}) for matter in SEEN),
        "too_deep": sum(entry.depth > DEPTH for entry in log.entries),
        "orphans": len(orphans(log)),
        "distorted": sum(bool(entry.news.first) for entry in log.entries),
    }


def _owners(log: Log, text: str) -> set[str]:
    return {entry.owner for entry in log.entries if is_of(entry, text)}


def _same_news(entry: Entry, other: Entry) -> bool:
    return other.owner == entry.owner and is_of(other, GREAT)


# ------------------------------------------------------------------------------------------------- the report


def run(seeds: int = SEEDS, villagers: int = VILLAGERS, days: int = DAYS) -> dict[str, Any]:
    """What the oracle found, summed over villages, and how many of twenty believe what, by day."""
    logs = [_live(seed, villagers, days) for seed in range(seeds)]
    checks = [checked(log) for log in logs]
    result: dict[str, Any] = {"villages": seeds, "villagers": villagers, "days": days}
    result |= {key: sum(check[key] for check in checks) for key in checks[0]}
    for matter in MATTERS:
        by_day = ([len(log.believers[day][matter]) for log in logs] for day in range(days))
        result[matter] = {f"day {day}": sum(counts) / seeds for day, counts in enumerate(by_day, 1)}
    return result


def _live(seed: int, villagers: int, days: int) -> Log:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return asyncio.run(live(seed, villagers, days, Path(folder) / "tarn.db"))


def markdown(result: Mapping[str, Any]) -> str:
    """The table as the document has it."""
    days = range(1, result["days"] + 1)
    rows = [f"| who believes it after day | {' | '.join(map(str, days))} |", "|---" * (len(days) + 1) + "|"]
    for matter, (title, _) in MATTERS.items():
        shares = " | ".join(f"{result[matter][f'day {day}']:.1f}" for day in days)
        rows.append(f"| {title} | {shares} |")
    return "\n".join(rows)


def written(text: str, result: Mapping[str, Any]) -> str:
    """The document with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{markdown(result)}\n{END}{rest.partition(END)[2]}"


def plot(result: Mapping[str, Any]) -> str:
    """The curves of the table, as SVG."""
    curves = {title: [0.0, *result[matter].values()] for matter, (title, _) in MATTERS.items()}
    return svg(curves, x="day", y="villagers who believe it", most=result["villagers"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help=f"renew the table and the plot of docs/{DOCUMENT.name}")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="villages")
    flags = parser.parse_args()
    result = run(flags.seeds)
    if flags.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), result), encoding="utf-8")
        PLOT.write_text(plot(result), encoding="utf-8")
    bench.report("gossip", result, as_json=flags.json)


if __name__ == "__main__":
    main()
