"""Creatures generated on the spot: valid, unique, repeatable, and no two alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.creatures import DOCUMENT, homes, many, run, written
from npc_runtime.dice import Dice
from npc_runtime.errors import Conflict, Invalid
from npc_runtime.persona.bestiary import Names, bundled
from npc_runtime.persona.constraints import Constraints
from npc_runtime.persona.creature import generate
from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import BARK_MOVES, Persona
from npc_runtime.persona.naming import name_for
from npc_runtime.persona.pack import load_pack
from npc_runtime.persona.resolve import Known, check_persona

ROOT = Path(__file__).resolve().parents[1]
COUNT = 500
PRINT = "from npc_runtime.persona.creature import generate; print(generate('marsh', None, 7).model_dump_json())"


@pytest.fixture(scope="module")
def creatures() -> list[Persona]:
    return [born.persona for born in many(COUNT)]


@pytest.fixture(scope="module")
def villagers() -> list[Persona]:
    return list(load_pack("hollowmere").personas.values())


# Five hundred


def test_no_two_share_a_name_or_an_id(creatures: list[Persona]) -> None:
    assert len({creature.name.casefold() for creature in creatures}) == COUNT
    assert len({creature.id for creature in creatures}) == COUNT


def test_every_creature_is_whole(creatures: list[Persona]) -> None:
    book = bundled()
    for creature in creatures:
        assert Persona.model_validate(creature.model_dump()) == creature
        assert creature.looks
        assert 2 <= len(creature.traits) <= 4, creature.id
        assert not any(set(pair) <= set(creature.traits) for pair in book.opposites), creature.id
        assert len(creature.wants) == 3
        assert 9 <= len(creature.facts) <= 10
        assert len(creature.voice) == 8
        assert set(creature.barks) == set(BARK_MOVES)
        assert all(len(set(lines)) >= 2 for lines in creature.barks.values()), creature.id


def test_every_sentence_reads_as_one(creatures: list[Persona]) -> None:
    for creature in creatures:
        about = [creature.looks or "", *creature.statements, *creature.wants]
        said = [*creature.voice, *(line for lines in creature.barks.values() for line in lines)]
        for text in about + said:
            assert re.search(r"[.!?]$", text), text
            assert text[0].isupper() or text.startswith("{"), text
            assert not re.search(r"\{(?!listener|name)|  |\ba [aeiou]|\b(\w+) \1\b(?<!la la)(?<!nick nick)", text), text
            assert not re.search(r"[.!?] [a-z]", text.replace("...", "")), text
        assert not any("{" in text for text in about + creature.voice), creature.id
        assert all(want.startswith("You ") for want in creature.wants), creature.id


def test_the_figures_hold_and_are_those_of_the_document() -> None:
    found = run(COUNT)
    assert found["valid"] == found["names"] == found["same_again"] == COUNT
    assert found["similarity"] < 0.36
    assert found["similarity_kin"] < 0.50
    assert found["similarity_most"] < 0.75
    document = DOCUMENT.read_text(encoding="utf-8")
    assert written(document, found) == document, "python -m benchmarks.creatures --write"


def test_the_example_in_the_documentation_is_a_real_one(villagers: list[Persona]) -> None:
    text = (ROOT / "docs" / "creatures.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block
    shown = yaml.safe_load(block[1])
    creature = generate("marsh", "goblin", 7, inhabitants=villagers).model_dump(mode="json", exclude_unset=True)
    assert {**shown, "barks": {**creature["barks"], **shown["barks"]}} == creature


def species(creature: Persona) -> str:
    return next(name for name in bundled().species if creature.id.startswith(f"{name}-"))


def test_species_sound_different() -> None:
    endings = {name: set(found.names.ends) for name, found in bundled().species.items()}
    for name, ends in endings.items():
        for other, others in endings.items():
            assert name == other or len(ends & others) <= 2, (name, other)


# The same again


def test_same_seed_same_creature() -> None:
    for pair, (kind, biome) in enumerate(homes()):
        assert generate(biome, kind, pair) == generate(biome, kind, pair)
    assert generate("marsh", "goblin", 1) != generate("marsh", "goblin", 2)


def test_same_creature_in_every_process() -> None:
    ours = generate("marsh", None, 7).model_dump_json()
    other = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": other, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    printed = subprocess.run(
        [sys.executable, "-c", PRINT], env=environment, capture_output=True, check=True, cwd=ROOT, timeout=60
    )
    assert printed.stdout.decode("utf-8").strip() == ours


def test_dice_draw_what_they_always_drew() -> None:
    dice = Dice("creature", 7)
    assert [dice.one(range(1000)) for _ in range(4)] == [915, 559, 309, 633]
    assert dice.some("abc", 9) != dice.some("abc", 9)
    assert sorted(dice.some("abcdef", 6)) == list("abcdef")


def test_a_taken_name_changes_the_name_alone() -> None:
    first = generate("moor", "giant", 3)
    second = generate("moor", "giant", 3, taken_names=[first.name.upper()])
    assert second.name != first.name
    assert second.model_copy(update={"name": first.name, "id": first.id}) == first


# Names


def test_names_run_out_only_when_all_are_taken() -> None:
    names = Names(starts=["Gr"] * 8, middles=[], ends=["ib", "og"] * 4, bynames=["Wet-Nose", "the Lid"])
    taken: list[str] = []
    for seed in range(6):
        taken.append(name_for(names, Dice(seed), taken, "goblin"))
    assert sorted(taken) == ["Grib", "Grib Wet-Nose", "Grib the Lid", "Grog", "Grog Wet-Nose", "Grog the Lid"]
    with pytest.raises(Conflict, match="every name of a goblin is taken"):
        name_for(names, Dice(9), taken, "goblin")


def test_nobody_is_called_like_a_villager(villagers: list[Persona]) -> None:
    first = generate("forest", "owl", 5)
    namesake = villagers[0].model_copy(update={"id": first.id, "name": first.name})
    second = generate("forest", "owl", 5, inhabitants=[namesake])
    assert second.name != first.name
    assert second.id != first.id


# Somebody there


def test_a_creature_stands_somehow_to_a_villager(villagers: list[Persona]) -> None:
    village, lore = load_pack("hollowmere").village, load_pack("hollowmere").lore
    people = [villager.id for villager in villagers]
    for seed, (kind, biome) in enumerate(homes()):
        creature = generate(biome, kind, seed, inhabitants=villagers)
        ((other, relation),) = creature.relations.items()
        name = next(villager.name for villager in villagers if villager.id == other)
        assert relation.why
        assert relation.why.startswith(name)
        mistakes = Mistakes("hollowmere")
        check_persona(creature, Known(village, [*people, creature.id], lore), Origin(creature.id), mistakes)
        mistakes.raise_if_any()


def test_the_order_of_villagers_does_not_matter(villagers: list[Persona]) -> None:
    assert generate("cave", "troll", 4, inhabitants=villagers) == generate(
        "cave", "troll", 4, inhabitants=tuple(reversed(villagers))
    )


# What the game asks for


def test_constraints_are_met(villagers: list[Persona]) -> None:
    asked = Constraints(
        traits=["kind", "brave"],
        mood="grieving",
        stance="friendly",
        size="small",
        role="goblin rag-picker",
        must_want=["You want the silver key of {the} mill."],
    )
    for seed in range(30):
        creature = generate("marsh", "goblin", seed, asked, inhabitants=villagers)
        assert {"kind", "brave"} <= set(creature.traits)
        assert (creature.mood, creature.feeling, creature.role) == ("grieving", "warm", "goblin rag-picker")
        assert "no taller than a milk churn" in (creature.looks or "")
        assert creature.wants[0] == "You want the silver key of {the} mill."
        assert all(relation.feeling in ("warm", "devoted") for relation in creature.relations.values())
        hostile = generate("marsh", "goblin", seed, Constraints(stance="hostile"), inhabitants=villagers)
        assert hostile.feeling == "hostile"
        assert all(relation.feeling in ("cold", "hostile") for relation in hostile.relations.values())


def test_a_species_is_drawn_that_can_be_so() -> None:
    drawn = {species(generate("cave", None, seed, Constraints(size="huge"))) for seed in range(20)}
    assert drawn == {"dragon", "djinn", "golem", "troll"}
    assert species(generate("cave", None, 1, Constraints(role="foreman"))) == "knocker"
    with pytest.raises(Invalid, match='no role "baker"'):
        generate("cave", None, 1, Constraints(role="baker"))


@pytest.mark.parametrize(
    ("biome", "kind", "asked", "says"),
    [
        ("mash", "goblin", {}, r'no biome "mash" in the bestiary; there are .*\(did you mean marsh\?\)'),
        ("marsh", "gobblin", {}, r'no species "gobblin" in the bestiary; there are .*\(did you mean goblin\?\)'),
        (
            "desert",
            "goblin",
            {},
            'the species "goblin" never lives in the biome "desert"; it lives in cave, .*; in desert there are djinn',
        ),
        ("marsh", "goblin", {"traits": ["bravee"]}, r'no trait "bravee"; .*\(did you mean brave\?\)'),
        ("marsh", "goblin", {"traits": ["brave", "timid"]}, "a creature cannot be brave and timid; ask for one"),
        ("marsh", "goblin", {"traits": ["kind", "brave", "lazy", "pious", "proud"]}, "5 traits are too many; .* 4"),
        ("marsh", "goblin", {"mood": "sleepy"}, 'no mood "sleepy"; there are amused, calm'),
        ("marsh", "goblin", {"stance": "frendly"}, r'no stance "frendly"; .*\(did you mean friendly\?\)'),
        ("marsh", "goblin", {"size": "huge"}, 'no size "huge" in the species "goblin"; there are small, tiny'),
        ("marsh", "goblin", {"role": "rag-piker"}, r'no role "rag-piker" in .*\(did you mean rag-picker\?\)'),
        ("marsh", "goblin", {"must_want": ["the key"]}, '"the key" is not a want; write 8 to 240 characters'),
    ],
)
def test_what_cannot_be_is_named(biome: str, kind: str, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        generate(biome, kind, 1, Constraints(**asked))
