"""Measures the exported models on names, facts and phrasings that training never met.

    python -m training.evaluate [--json] [--cases 200] [--only q4_k_m] [--temperature 0.7]

The models are those in `runs`, or the bundled one where there are none. Every figure is computed from what the model
says through the runtime's engine. `audible` is the least of three recognition rates
(trade, traits, mood), each as a share of three times chance, and at most 1; the rates themselves are printed below.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import mean

from npc_runtime.dialogue.generation.prompt import Turn, compact
from npc_runtime.dialogue.policy.moves import QUARREL_MOVES, Move
from npc_runtime.engine.models import BUNDLED_PATH
from npc_runtime.persona.model import MOODS, TRAITS
from training import judge
from training.classifier import Classifier
from training.corpus.compose import Composer
from training.corpus.example import Example
from training.corpus.flavour import TRADE_TAILS
from training.speaker import Speaker

QUANTIZATIONS = ("f16", "q8_0", "q4_k_m")
_BUNDLED = "q4_k_m"
_FACTS = ("answer", "answer", "answer_own", "answer_own", "sell", "offer_work", "about_listener")
_LINES_OF_TALK = ("light", "light", "light", "answer", "answer_own", "admit", "sell")
_TURNS = 12
Say = Callable[[Example], str]
Judge = Callable[[Example, str], bool]


def held_out(seed: int) -> Composer:
    """A source of examples that training never met."""
    return Composer(random.Random(seed), "eval")


def provocations(composer: Composer, count: int) -> list[Example]:
    """Prompt injections and talk of machines."""
    found: list[Example] = []
    while len(found) < count:
        example = composer.sample("light", Move.PUZZLE)
        if len(example.card.line.split()) > 1:
            found.append(example)
    return found


def cases(count: int, seed: int) -> dict[str, list[Example]]:
    """The held-out cases of each measure that judges one reply at a time."""
    composer = held_out(seed)
    quarrels = sorted(QUARREL_MOVES)
    return {
        "uses_fact": [composer.sample(_FACTS[i % len(_FACTS)]) for i in range(count)],
        "admits_absence": [composer.sample("absent" if i % 4 == 0 else "admit") for i in range(count)],
        "right_of_two": [composer.sample("answer_two") for _ in range(count)],
        "gossip_source": [composer.sample("gossip") for _ in range(count)],
        "in_character": provocations(composer, count),
        "argument_goal": [composer.sample("quarrel", quarrels[i % len(quarrels)]) for i in range(count)],
    }


class Listener:
    """Recognizes moves, trades, traits and moods; it has heard the generator's training replies, and nothing else."""

    def __init__(self, examples: int = 30_000) -> None:
        composer = Composer(random.Random(5), "train")
        heard = [composer.sample() for _ in range(examples)]
        spoken = [(e, e.reply) for e in heard if e.card.quarrel is None]
        self.moves = Classifier(
            (judge.without_grievance(e, e.reply), e.card.move.value) for e in heard if e.card.quarrel is not None
        )
        self.mood = Classifier((reply, e.card.mood) for e, reply in spoken)
        self.trait = Classifier((reply, trait) for e, reply in spoken for trait in e.card.traits)
        self.trade = Classifier((reply, e.card.role) for e, reply in spoken if e.card.role in TRADE_TAILS)

    def follows_goal(self, example: Example, reply: str) -> bool:
        """The reply is recognized as the move that was asked for; an accusation says of what."""
        if example.card.move is Move.ACCUSE and not judge.names_grievance(example, reply):
            return False
        return self.moves.label(judge.without_grievance(example, reply)) == example.card.move.value


def audible(listener: Listener, say: Say, count: int, seed: int) -> dict[str, float]:
    """How often trade, traits and mood are recognized in replies alone, and chance for each."""
    composer, rng = held_out(seed), random.Random(seed)
    rates: dict[str, list[bool]] = {"trade": [], "traits": [], "mood": []}
    for index in range(count):
        example = composer.sample("light" if index % 2 else "answer")
        card = replace(
            example.card,
            role=rng.choice(sorted(TRADE_TAILS)),
            traits=(rng.choice(TRAITS),),
            mood=rng.choice(MOODS),
            history=(),
        )
        reply = say(replace(example, card=card))
        rates["trade"].append(listener.trade.label(reply) == card.role)
        rates["traits"].append(listener.trait.label(reply) == card.traits[0])
        rates["mood"].append(listener.mood.label(reply) == card.mood)
    chance = {"trade": listener.trade.chance, "traits": listener.trait.chance, "mood": listener.mood.chance}
    return {name: mean(hits) / chance[name] for name, hits in rates.items()}


def conversations(say: Say, count: int, seed: int) -> tuple[float, list[list[tuple[str, str]]]]:
    """Twelve turns with the same character: the share of replies said before, and the talks."""
    composer, rng = held_out(seed), random.Random(seed)
    repeats: list[bool] = []
    talks = []
    for _ in range(count):
        who = composer.sample("light").card
        talk: list[tuple[str, str]] = []
        for _ in range(_TURNS):
            card = composer.sample(rng.choice(_LINES_OF_TALK)).card
            turns = [Turn(own, text) for line, reply in talk[-1:] for own, text in ((False, line), (True, reply))]
            card = replace(
                card, name=who.name, role=who.role, home=who.home, traits=who.traits, mood=who.mood,
                listener=who.listener, feeling=who.feeling, history=tuple(turns),
            )  # fmt: skip
            reply = say(Example(card, ""))
            repeats.append(any(reply == earlier for _, earlier in talk))
            talk.append((card.line, reply))
        talks.append(talk)
    return mean(repeats), talks


def measure(
    say: Say, listener: Listener, count: int, seed: int
) -> tuple[dict[str, float], dict[str, float], list[tuple[str, Example, str]]]:
    """The figures, the recognition rates in units of chance, and the replies that were judged wrong."""
    judges: dict[str, Judge] = {
        "uses_fact": judge.uses_fact,
        "admits_absence": judge.admits,
        "right_of_two": judge.uses_fact,
        "gossip_source": judge.names_source,
        "in_character": judge.in_character,
        "argument_goal": listener.follows_goal,
    }
    figures: dict[str, float] = {}
    wrong: list[tuple[str, Example, str]] = []
    for name, examples in cases(count, seed).items():
        replies = [(example, say(example)) for example in examples]
        figures[name] = mean(judges[name](example, reply) for example, reply in replies)
        wrong += [(name, example, reply) for example, reply in replies if not judges[name](example, reply)]
    rates = audible(listener, say, max(count, 300), seed)
    figures["audible"] = min(1.0, *(rate / 3 for rate in rates.values()))
    figures["exact_repeat"] = conversations(say, max(4, count // _TURNS), seed)[0]
    figures["mean"] = mean([*(v for k, v in figures.items() if k != "exact_repeat"), 1 - figures["exact_repeat"]])
    return figures, rates, wrong


def dialogues(say: Say, count: int, seed: int) -> Iterable[str]:
    """Sample exchanges, as text."""
    composer = held_out(seed)
    for _ in range(count):
        card = composer.sample().card
        system, *turns = compact(card)
        yield "\n".join(["  " + system.text.replace("\n", " / "), *(f"    {t.role}: {t.text}" for t in turns)])
        yield f"    => {say(Example(card, ''))}\n"


def exported(folder: Path, only: str | None) -> dict[str, Path]:
    """The models to measure, by quantization. Exits with a sentence where there are none."""
    wanted = (only,) if only else QUANTIZATIONS
    found = {name: path for name in wanted if (path := folder / f"villager-{name}.gguf").exists()}
    if not found and BUNDLED_PATH.exists() and _BUNDLED in wanted:
        print(f"No villager-*.gguf in {folder}: measuring the bundled model.", file=sys.stderr)
        return {_BUNDLED: BUNDLED_PATH}
    if not found:
        raise SystemExit(f"no villager-{only or '*'}.gguf in {folder}; training.export writes them")
    for name in wanted:
        if name not in found:
            print(f"No villager-{name}.gguf in {folder}: it is left out.", file=sys.stderr)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Measure the exported models on held-out cases.")
    parser.add_argument("--models", type=Path, default=Path("runs"), help="the folder of the exported models")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--only", choices=QUANTIZATIONS)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--temperature", type=float, default=0.7, help="as the runtime has it; 0 is greedy")
    parser.add_argument("--samples", type=int, default=10, help="sample dialogues to print")
    parser.add_argument("--wrong", type=int, default=0, help="failures to print for each measure")
    parser.add_argument("--reference", action="store_true", help="judge the generator's own replies: the ceiling")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    models: Mapping[str, Path | None] = {"reference": None} if args.reference else exported(args.models, args.only)
    listener = Listener()
    results = {}
    for name, path in models.items():
        if path is None:
            say: Say = lambda example: example.reply  # noqa: E731
        else:
            speaker = Speaker(path)
            say = lambda example, speaker=speaker: speaker.say(example.card, args.temperature)  # type: ignore[misc] # noqa: E731
        figures, rates, wrong = measure(say, listener, args.cases, args.seed)
        results[name] = {key: round(float(value), 4) for key, value in figures.items()}
        if args.json:
            continue
        print(f"{name}: " + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))
        print("  times chance: " + "  ".join(f"{key} {rate:.1f}" for key, rate in rates.items()))
        for measured in figures:
            for _, example, reply in [case for case in wrong if case[0] == measured][: args.wrong]:
                system = compact(example.card)[0].text.replace("\n", " / ")
                print(f"  WRONG {measured}: {system}\n    {example.card.line}\n    => {reply}\n    ok {example.reply}")
    if args.json:
        print(json.dumps(results, indent=2))
    elif not args.reference:
        print("\nSample dialogues, " + name)
        for text in dialogues(say, args.samples, args.seed):
            print(text)


if __name__ == "__main__":
    main()
