"""What of `training/` can be checked without training: the exchanges, and the phrase bank of the classifier."""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import re
from collections.abc import Iterator
from pathlib import Path

from npc_runtime.dialogue.feedback.line import RatedLine, read
from npc_runtime.dialogue.policy.moves import FACT_MOVES, QUARREL_MOVES, Move
from npc_runtime.emotions import EMOTIONS
from training import corpus, exchanges
from training.corpus.asking import Asking
from training.corpus.expand import choose, fill, held_out, slots
from training.corpus.names import Names
from training.corpus.player_lines import PLAYER_LINES
from training.corpus.unseen_lines import UNSEEN_LINES
from training.variety import Variety

TRAINING = Path(exchanges.__file__).parent
EXAMPLE = TRAINING / "examples" / "harbour_dialect.jsonl"


# ------------------------------------------------------------------------------------------------ breadth


def test_there_are_enough_kinds_of_lines_with_many_phrasings_each() -> None:
    assert len(PLAYER_LINES) >= 40
    assert all(len(set(phrasings)) >= 10 for phrasings in PLAYER_LINES.values())


# What `player_lines` say that templates may hold, and the slots of facts and quarrels.
SLOTS = {
    *("name", "role", "home", "listener", "topic", "goods", "person", "item", "deed", "news", "news_lower", "source"),
    *("fact", "fact_lower", "said", "verb_past"),
}


def templates(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Every string in a bank, with where it stands."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from templates(inner, f"{where}[{key}]")
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from templates(inner, where)


def banks() -> Iterator[tuple[str, str]]:
    """Every string in every bank of the corpus."""
    for module in pkgutil.iter_modules(corpus.__path__):
        for name, value in vars(importlib.import_module(f"training.corpus.{module.name}")).items():
            if re.fullmatch(r"_?[A-Z][A-Z_]+", name) and isinstance(value, dict | tuple | list):
                yield from templates(value, f"{module.name}.{name}")


def test_every_template_of_lines_expands() -> None:
    values = {slot: f"a{slot}" for slot in SLOTS}
    rng = random.Random(1)
    for where, bank in (("lines", PLAYER_LINES), ("unseen", UNSEEN_LINES)):
        for place, template in templates(bank, where):
            assert slots(template) <= SLOTS, f"{place}: {template}"
            for _ in range(3):
                assert not re.search(r"[{}\[\]]", fill(choose(rng, template), values)), f"{place}: {template}"


def test_every_template_closes_its_brackets() -> None:
    seen = 0
    for place, template in banks():
        seen += 1
        for opening, closing in ("[]", "{}"):
            assert template.count(opening) == template.count(closing), f"{place}: {template}"
    assert seen > 3000


# ------------------------------------------------------------------------------------------------ held out


def test_training_never_picks_a_phrasing_of_the_evaluation() -> None:
    asking = Asking(Names(random.Random(3), "train"))
    for intent, bank in PLAYER_LINES.items():
        unseen = UNSEEN_LINES.get(intent, ())
        assert not set(unseen) & set(bank), intent
        picked = {asking.pick(bank, unseen) for _ in range(4 * len(bank))}
        assert picked <= {phrasing for phrasing in bank if not held_out(phrasing)}, intent


# ------------------------------------------------------------------------------------------------ a writer's lines


def judged(**judgement: object) -> RatedLine:
    situation = {
        "name": "Mira", "role": "smith", "home": "Gullwick", "traits": ["blunt"], "mood": "calm", "listener": "Alex",
        "feeling": "neutral", "move": "greet", "line": "hello",
    }  # fmt: skip
    text = json.dumps({"situation": situation, "line": "(neutral) Hello.", **judgement})
    return RatedLine.model_validate_json(text)


def test_better_lines_are_learned_and_so_are_those_that_were_liked() -> None:
    said = [
        judged(rating=1, better="(happy) Ahoy!"),
        judged(rating=5, better="(happy) Ahoy there!"),
        judged(rating=4),
        judged(rating=3),
        judged(rating=1),
    ]
    found = [None if learned is None else "".join(learned.reply) for learned in map(exchanges.judged, said)]
    assert found == ["greet\n(happy) Ahoy!", "greet\n(happy) Ahoy there!", "greet\n(neutral) Hello.", None, None]


def test_the_worked_example_can_be_read_and_is_varied() -> None:
    lines = read(EXAMPLE)
    learned = [lesson for lesson in map(exchanges.judged, lines) if lesson is not None]
    assert len(learned) >= 40
    assert len({lesson.reply[0] for lesson in learned}) >= 20
    for line in lines:
        move = line.situation.move
        assert bool(line.situation.facts) == (move in FACT_MOVES), line
        assert (line.situation.quarrel is not None) == (move in QUARREL_MOVES), line


# ------------------------------------------------------------------------------------------------ the exchanges

AUTHORED = exchanges.read(sorted(exchanges.FOLDER.glob("*.jsonl")))


def test_every_exchange_decides_what_can_be_and_says_it_as_the_grammar_has_it() -> None:
    lines = [line for one in AUTHORED if "kind" not in one for line in exchanges.parted(one)]
    assert len(lines) > 15_000
    for line in lines:
        assert max(line["uses"], default=0) <= len(line["facts"]), line
        if Move(line["move"]) in FACT_MOVES - {Move.CITE}:
            assert line["uses"], line
        emotion, closed, _ = line["reply"][1:].partition(")")
        assert closed, line
        assert emotion in EMOTIONS, line


def test_each_line_of_a_card_is_a_lesson_of_its_own() -> None:
    one = next(one for one in AUTHORED if "lines" in one and "kind" not in one)
    lessons = [exchanges.lesson(line) for line in exchanges.parted(one)]
    assert len(lessons) == len(one["lines"])
    assert len({lesson.messages[0].text for lesson in lessons}) == 1
    for lesson, line in zip(lessons, one["lines"], strict=True):
        assert lesson.messages[-1].text.endswith(f": {line['line']}")
    silent = next(lesson for lesson in lessons if lesson.reply[-1].startswith("("))
    assert not silent.ends
    assert silent.reply[-1].endswith(")")


def test_a_variant_asks_and_answers_the_same_with_other_names_and_numbers() -> None:
    variety = Variety(AUTHORED, random.Random(5))
    cards = [one for one in AUTHORED if "lines" in one and "kind" not in one][:40]
    for one in cards:
        before = {line["line"]: line for line in exchanges.parted(one)}
        varied = variety.vary(one)
        assert len(varied) == len(before)
        assert len({tuple(line["facts"]) for line in varied}) == 1
        for line in varied:
            used = [line["facts"][number - 1] for number in line["uses"] if number]
            if (same := before.get(line["line"])) is not None:
                wanted = [same["facts"][number - 1] for number in same["uses"] if number]
                assert len(used) == len(wanted)
                assert line["move"] == same["move"]


def test_mediators_and_audiences_are_lessons_too() -> None:
    kinds = [one for one in AUTHORED if "kind" in one]
    lessons = [exchanges.lesson(line) for one in kinds for line in exchanges.parted(one)]
    assert len(lessons) > 2_000
    assert {lesson.reply[0] for lesson in lessons} >= {"answer", "nobody", "rule", "side", "evidence", "calm"}
