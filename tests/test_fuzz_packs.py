"""Ten thousand packs of strangers leave the daemon answering; each is opened, or refused with what is wrong in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz_oracle import EXAMPLES, Oracle, Siege
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from pack_corpus import HOSTILE, OUTSIDE, READ_NOTHING_OUTSIDE, SECRET, VALID, described
from pack_files import Tree, plant
from pack_mutants import mutants
from pydantic import BaseModel
from wire_peer import Body

from npc_runtime.persona.model import FACT_KINDS, Persona, Place, Relation, Reveal, Secret, Village

AT_ONCE = 8
"""Packs that are opened at one time, each by a client of its own."""
MEMORY = Path("/dev/shm")
REFUSALS = {"invalid", "not_found", "conflict", "storage"}

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Hypothesis would show all inputs of a failure; ours shows the last ones."""


@pytest.fixture(scope="module")
def yard() -> Iterator[Path]:
    """A folder for packs, in memory where the system has such, with files beside them that no pack may read."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name) / "yard"
        plant(OUTSIDE, folder)
        yield folder


@pytest.fixture(scope="module")
def siege(yard: Path) -> Iterator[Siege]:
    found = Siege(lambda name: yard.parent / name)
    yield found
    found.end()


@pytest.fixture
def slots(siege: Siege, yard: Path) -> Iterator[list[Slot]]:
    oracle = siege.oracle()
    found = [Slot(oracle, yard / f"slot-{number}") for number in range(AT_ONCE)]
    yield found
    for slot in found:
        slot.peer.close()


class Slot:
    """A client, and the one folder in which it opens pack after pack."""

    _worlds = 0

    def __init__(self, oracle: Oracle, folder: Path) -> None:
        self.oracle = oracle
        self.folder = folder
        self.peer = oracle.daemon.peer()
        self.doing = "nothing yet"
        self._request = ""

    def open(self, tree: Tree) -> None:
        """Asks for a world of this pack."""
        plant(tree, self.folder)
        self.doing = f"opening the pack {described(tree)}"
        world = f"{self.folder.name}-{Slot._worlds}"
        self._request = self.peer.send("world.open", world=world, pack=str(self.folder))

    def opened(self) -> Body:
        """The answer, which is a good one. Raises AssertionError otherwise."""
        doing = self.doing
        answer = self.oracle.answer(self.peer, self._request, doing)
        self._request = ""
        self.oracle.fit(answer, doing)
        assert SECRET not in str(answer), f"the answer tells what stands in a file outside: {answer}\n{doing}"
        if answer["type"] == "world.opened":
            self._use(answer, doing)
        else:
            assert answer["type"] == "error", f"{answer}\n{doing}"
            assert answer["code"] in REFUSALS, f"{answer}\n{doing}"
        return answer

    def settle(self) -> None:
        """Looks at the answer that is still due, if one is."""
        if self._request:
            self.opened()

    def _use(self, opened: Body, doing: str) -> None:
        """Its first character comes to life and is spoken to; then the world is closed again."""
        Slot._worlds += 1
        world, npc = opened["world"], opened["personas"][0]
        line = {"from": "player:alex", "to": npc, "text": "Hello!"}
        for kind, fields in (("npc.spawn", {"npc": npc}), ("say", line), ("world.close", {})):
            answer = self.oracle.answer(self.peer, self.peer.send(kind, world=world, **fields), doing)
            self.oracle.fit(answer, doing)
            assert answer["type"] != "error", f"{answer}\n{doing}"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pack_is_answered_and_hurts_nobody(slots: list[Slot], name: str) -> None:
    slots[0].open(HOSTILE[name])
    slots[0].opened()
    slots[0].oracle.check(name)


@pytest.mark.parametrize("name", READ_NOTHING_OUTSIDE)
def test_a_pack_reads_nothing_outside_of_its_folder(slots: list[Slot], name: str) -> None:
    slots[0].open(READ_NOTHING_OUTSIDE[name])
    answer = slots[0].opened()
    slots[0].oracle.check(name)
    assert answer["type"] == "error", f"{name}, and the world opened"


def test_ten_thousand_mutated_packs_are_answered(slots: list[Slot]) -> None:
    @settings(
        max_examples=-(-EXAMPLES // AT_ONCE),
        database=None,
        phases=[Phase.generate],  # a daemon that was broken stays so, and nothing can be made smaller on it
        verbosity=Verbosity.quiet,  # the failure's own message names the packs
        suppress_health_check=list(HealthCheck),
    )
    @given(trees=st.lists(mutants(), min_size=AT_ONCE, max_size=AT_ONCE))
    def open_all(trees: list[Tree]) -> None:
        slots[0].oracle.check("\n".join(slot.doing for slot in slots))
        for slot, tree in zip(slots, trees, strict=True):
            slot.settle()  # the daemon works on what was sent while the next packs are made up
            slot.open(tree)

    open_all()
    for slot in slots:
        slot.settle()
    slots[0].oracle.check("the last of them")


def test_the_corpus_begins_with_every_field_of_the_schema() -> None:
    written = "\n".join(str(VALID[name]) for name in ("pack.yaml", "personas/ada.yaml"))
    models: list[type[BaseModel]] = [Village, Place, Persona, Relation, Secret, Reveal]
    fields = [(model.__name__, field) for model in models for field in model.model_fields]
    missing = [f"{model}.{field}" for model, field in fields if f"{field}:" not in written]
    missing += [f"facts of the kind {kind}" for kind in FACT_KINDS if f"- {kind}: " not in written]
    assert not missing, f"the pack in pack_corpus.py lacks {', '.join(missing)}: nobody tries wrong values of these"
