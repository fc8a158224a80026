"""Creatures of one world: whether all are valid, whether any two share a name, and how alike they sound.

`python -m benchmarks.creatures` prints a table; `--json` one JSON object; `--write` renews the table in the document;
`--model FILE`, or `default`, has a model describe some, too.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import Any

from npc_runtime.cli import bench
from npc_runtime.config import load
from npc_runtime.dialogue.generation.sketch import Sketch, Sketching
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.errors import PackError
from npc_runtime.persona.bestiary import bundled
from npc_runtime.persona.born import Born
from npc_runtime.persona.creature import bear
from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import Pack, Persona
from npc_runtime.persona.pack import load_pack
from npc_runtime.persona.resolve import Known, check_persona

COUNT = 500
DESCRIBED = 20
SECONDS = 600.0
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "creatures.md"
BEGIN, END = "<!-- table: python -m benchmarks.creatures --write -->", "<!-- end of table -->"
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def homes() -> list[tuple[str, str]]:
    """Every (species, biome) that goes together."""
    book = bundled()
    return [(species, biome) for species in sorted(book.species) for biome in book.species[species].lives]


def many(count: int, inhabitants: Collection[Persona] = ()) -> list[Born]:
    """Creatures of one world, of all species and biomes by turns."""
    pairs, found = homes(), list[Born]()
    for seed in range(count):
        species, biome = pairs[seed % len(pairs)]
        taken = [born.persona for born in found]
        names, ids = [other.name for other in taken], [other.id for other in taken]
        found.append(bear(biome, species, seed, taken_names=names, taken_ids=ids, inhabitants=inhabitants))
    return found


def valid(creature: Persona, pack: Pack) -> bool:
    """Whether the loader of packs takes it as one of the village's characters."""
    mistakes = Mistakes(pack.id)
    people = [*pack.personas, creature.id]
    check_persona(creature, Known(pack.village, people, pack.lore), Origin(creature.id), mistakes)
    try:
        mistakes.raise_if_any()
    except PackError:
        return False
    return Persona.model_validate(creature.model_dump(mode="json")) == creature


def similarities(creatures: Sequence[Persona]) -> dict[tuple[int, int], float]:
    """Jaccard similarity, by pair, of the sets of words in voice lines and barks."""
    bits: dict[str, int] = {}
    masks = []
    for creature in creatures:
        lines = [*creature.voice, *(line for lines in creature.barks.values() for line in lines)]
        words = set(_WORD.findall(" ".join(lines).lower()))
        masks.append(sum(1 << bits.setdefault(word, len(bits)) for word in sorted(words)))
    sizes = [mask.bit_count() for mask in masks]
    found = {}
    for one, other in combinations(range(len(masks)), 2):
        shared = (masks[one] & masks[other]).bit_count()
        found[one, other] = shared / (sizes[one] + sizes[other] - shared)
    return found


async def _described(model: str, villagers: Sequence[Persona]) -> list[Sketch]:
    engine = Engine(LlamaModel(load({"model": model, "slots": 1})))
    engine.start()
    try:
        sketching = Sketching(Bridge(engine, asyncio.get_running_loop()))
        names = [villager.name for villager in villagers]
        return [
            await sketching.sketch(born, names, must_want=(), stance=False, ask=True, seconds=SECONDS)
            for born in many(DESCRIBED, villagers)
        ]
    finally:
        engine.close()


def described(model: str) -> dict[str, Any]:
    """How much of what a model writes of creatures is fit by its form; whether it makes sense, a reader must say."""
    villagers = list(load_pack("hollowmere").personas.values())
    started = time.perf_counter()
    sketches = asyncio.run(_described(model, villagers))
    return {
        "model": model,
        "described": len(sketches),
        "texts": sum(sketch.asked for sketch in sketches),
        "fit": sum(sketch.taken for sketch in sketches),
        "seconds_each": round((time.perf_counter() - started) / len(sketches), 2),
    }


def run(count: int = COUNT, model: str | None = None) -> dict[str, Any]:
    """Figures of so many creatures in Hollowmere; all but `ms_each` are the same on every machine."""
    pack = load_pack("hollowmere")
    villagers = list(pack.personas.values())
    bundled()  # reading it is no part of making a creature
    started = time.perf_counter()
    born = many(count, villagers)
    seconds = time.perf_counter() - started
    creatures = [each.persona for each in born]
    alike = similarities(creatures)
    kin = [like for (one, other), like in alike.items() if born[one].species == born[other].species]
    again = many(count, villagers)
    return {
        "creatures": count,
        "valid": sum(valid(creature, pack) for creature in creatures),
        "names": len({creature.name.casefold() for creature in creatures}),
        "same_again": sum(one == other for one, other in zip(born, again, strict=True)),
        "similarity": round(mean(alike.values()), 4),
        "similarity_kin": round(mean(kin), 4) if kin else None,
        "similarity_most": round(max(alike.values()), 4),
        "ms_each": round(1000 * seconds / count, 2),
        **(described(model) if model else {}),
    }


def markdown(result: Mapping[str, Any]) -> str:
    """The table as the document has it."""
    count = result["creatures"]
    rows = {
        "valid personas": f"{result['valid']} of {count}",
        "different names": f"{result['names']} of {count}",
        "the same again from the same seeds": f"{result['same_again']} of {count}",
        "mean similarity of all pairs": f"{result['similarity']:.2f}",
        "mean similarity of pairs of one species": f"{result['similarity_kin']:.2f}",
        "similarity of the two most alike": f"{result['similarity_most']:.2f}",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {title} | {figure} |" for title, figure in rows.items())])


def written(text: str, result: Mapping[str, Any]) -> str:
    """The document with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{markdown(result)}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help=f"renew the table in docs/{DOCUMENT.name}")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--model", metavar="FILE", help="have this model describe some: `default`, or a GGUF file")
    flags = parser.parse_args()
    result = run(flags.count, flags.model)
    if flags.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), result), encoding="utf-8")
    bench.report("creatures", result, as_json=flags.json)


if __name__ == "__main__":
    main()
