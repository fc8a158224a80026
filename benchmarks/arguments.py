"""Arguments: what they come to and what that depends on, and a thousand played through.

    npc-runtime bench arguments --json

The odds are the outcomes of seeded runs by dice alone, without a model: `python -m benchmarks.arguments` prints only
those, and `--write` renews their table in the document. Then random arguments are played (`staged.py`), most by a fake
engine and a hundred by the default model.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import staged
from benchmarks.about import about
from npc_runtime.cli import bench
from npc_runtime.dialogue.quarrel.argument import Argument, begin
from npc_runtime.dialogue.quarrel.course import after, next_turn
from npc_runtime.dialogue.quarrel.ending import KINDS
from npc_runtime.dialogue.quarrel.mediation import mediated
from npc_runtime.dialogue.quarrel.party import Evidence, Party
from npc_runtime.dialogue.quarrel.reading import read
from npc_runtime.memory.relations import NEUTRAL, Numbers

RUNS = 200
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "arguments.md"
BEGIN, END = "<!-- table: python -m benchmarks.arguments --write -->", "<!-- end of table -->"
_PROOF = (
    Evidence("Bren saw Tom leave the smithy with a sack."),
    Evidence("Tom's glove lay beside the anvil.", 0.9),
    Evidence("Tom offered Odile a hammer last night.", 0.8),
)
_TRUSTED = Numbers(0.3, 0.5, 0.0, 0.5)
_DISTRUSTED = Numbers(-0.5, -0.6, 0.0, -0.4)
_FEARED = Numbers(fear=0.8)
_RULING = {3: "Tom must give the hammer back."}


@dataclass(frozen=True)
class Case:
    """What is different from the plain quarrel. `lines` are a mediator's, by the turn after which they are said."""

    title: str
    evidence: tuple[Evidence, ...] = ()
    relation: Numbers = NEUTRAL
    traits: tuple[str, ...] = ()
    mood: str = ""
    lines: Mapping[int, str] = field(default_factory=dict)
    standing: Numbers = NEUTRAL


def _twice(text: str) -> dict[int, str]:
    return {2: text, 5: text}


CASES: dict[str, Case] = {
    "plain": Case("nothing special"),
    "evidence": Case("Mira has three good proofs", evidence=_PROOF),
    "calm": Case("a trusted mediator calms them, twice", lines=_twice("Calm down, both of you."), standing=_TRUSTED),
    "ruling": Case("a trusted mediator rules", lines=_RULING, standing=_TRUSTED),
    "hostile": Case("somebody mocks both, twice", lines=_twice("You are both idiots.")),
    "unwanted": Case("somebody whom they distrust rules", lines=_RULING, standing=_DISTRUSTED),
    "threats": Case("somebody whom nobody fears threatens, twice", lines=_twice("Stop it or I hit you both!")),
    "fear": Case("somebody whom they fear threatens", lines={3: "Stop it or I hit you both!"}, standing=_FEARED),
    "trust": Case("they like and trust each other", relation=Numbers(0.6, 0.7, 0.0, 0.3)),
    "hatred": Case("they hate each other", relation=Numbers(-0.7, -0.6, 0.0, -0.3)),
    "hot": Case("both are hot-tempered", traits=("proud", "gruff"), mood="irritated"),
    "kind": Case("both are kind and honest", traits=("kind", "honest")),
}  # fmt: skip


def play(case: Case, seed: int) -> Argument:
    """One argument of a case, to its end."""
    mira = Party(
        "npc:mira", "Mira", "claims", case.traits, case.mood, toward={"npc:tom": case.relation}, evidence=case.evidence
    )
    tom = Party("npc:tom", "Tom", "disputes", case.traits, case.mood, toward={"npc:mira": case.relation})
    argument = begin(f"case-{seed}", "the stolen hammer", [mira, tom], seed=seed)
    while not argument.ending:
        line = case.lines.get(argument.turn)
        if line and (not argument.interventions or argument.interventions[-1].turn < argument.turn):
            said = read(argument, "player:alex", "Alex", line)
            argument = mediated(argument, said, {"npc:mira": case.standing, "npc:tom": case.standing})
        argument = after(argument, next_turn(argument))
    return argument


def counts(case: Case, runs: int = RUNS) -> Counter[str]:
    """How often each outcome comes, how often Tom is the one who gives in, and how many turns were taken in all."""
    found: Counter[str] = Counter()
    for seed in range(runs):
        argument = play(case, seed)
        assert argument.ending
        found[argument.ending.kind] += 1
        found["tom_concedes"] += argument.ending.kind == "concede" and argument.ending.by == "npc:tom"
        found["turns"] += argument.turn
    return found


def odds(runs: int = RUNS) -> dict[str, Any]:
    """Percent of each outcome, and turns on average, for every case."""
    result: dict[str, Any] = {"runs": runs}
    for name, case in CASES.items():
        found = counts(case, runs)
        result[name] = {key: round(100 * found[key] / runs, 1) for key in (*KINDS, "tom_concedes")}
        result[name]["turns"] = round(found["turns"] / runs, 1)
    return result


def run(model: str | None = None, sizes: tuple[int, ...] = (900, 100)) -> dict[str, Any]:
    """The odds; then `sizes` arguments with a fake engine and with the model."""
    faked, written = staged.stage(staged.fake, sizes[0], 1), staged.stage(lambda: staged.real(model), sizes[1], 5)
    return {
        **odds(),
        "fake": staged.summary(faked),
        "model": staged.summary(written),
        **about(),
    }


def markdown(result: Mapping[str, Any]) -> str:
    """The table as the document has it."""
    rows = [
        "| | gives in | Tom gives in | compromise | stalemate | walks away | blows | turns |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, case in CASES.items():
        row = result[name]
        keys = ("concede", "tom_concedes", "compromise", "stalemate", "walk_away", "blows")
        shares = " | ".join(f"{row[key]:.0f}%" for key in keys)
        rows.append(f"| {case.title} | {shares} | {row['turns']:.1f} |")
    return "\n".join(rows)


def written(text: str, result: Mapping[str, Any]) -> str:
    """The document with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{markdown(result)}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help=f"renew the table in docs/{DOCUMENT.name}")
    parser.add_argument("--runs", type=int, default=RUNS)
    flags = parser.parse_args()
    result = odds(flags.runs)
    if flags.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), result), encoding="utf-8")
    bench.report("arguments", result, as_json=flags.json)


if __name__ == "__main__":
    main()
