"""Packs: the bundled village holds together, every mistake is named, and barks are chosen well."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from guarded import released

from npc_runtime.cli.main import main
from npc_runtime.dialogue.generation.guard import Guard
from npc_runtime.dialogue.policy.barks import fallback_line
from npc_runtime.dialogue.policy.moves import QUARREL_MOVES, Move
from npc_runtime.errors import NotFound, PackError
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.persona.barks import bark
from npc_runtime.persona.model import BARK_MOVES, MOODS, TRAITS, Barks, Pack, Persona
from npc_runtime.persona.notes import notes
from npc_runtime.persona.pack import available, load_pack, pack_from_mapping
from npc_runtime.persona.reading import paragraphs
from npc_runtime.persona.temper import temper

PACK = """\
format: 2
name: Thornby
summary: A hamlet of three houses.
places:
  - {id: well, name: the well, leads_to: [shed], items: [bucket]}
  - {id: shed, name: the shed, leads_to: [well]}
items: {bucket: a bucket}
scopes: {village: everyone, trade: people who sell}
"""
ANA = """\
name: Ana
role: potter
place: well
traits: [blunt]
knows: [village, trade]
facts: [price: You sell cups for a penny.]
relations: {leo: {feeling: cold, why: Leo broke nine cups.}}
secrets: [{fact: You broke the ninth cup yourself.}]
"""
LEO = "name: Leo\nrole: shepherd\ntraits: [kind]\n"


@pytest.fixture(scope="module")
def hollowmere() -> Pack:
    return load_pack("hollowmere")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "Mein Dörfchen 村"
    (root / "personas").mkdir(parents=True)
    (root / "lore").mkdir()
    files = {
        "pack.yaml": PACK,
        "personas/ana.yaml": ANA,
        "personas/leo.yaml": LEO,
        "lore/village.md": "# Known\n\nThe well is deep.\n",
        "barks.yaml": "greet: {any: ['Hello, {listener}.']}\n",
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def fault(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(str(folder))
    return str(caught.value)


# The bundled village


def test_hollowmere_is_bundled_and_has_eight_people(hollowmere: Pack) -> None:
    assert "hollowmere" in available()
    assert len(hollowmere.personas) == 8
    assert {"mira", "tom", "bren"} <= set(hollowmere.personas)
    assert len({person.role for person in hollowmere.personas.values()}) == 8


def test_every_fact_is_short_and_ends_as_a_sentence(hollowmere: Pack) -> None:
    facts = [lore.text for lore in hollowmere.lore]
    for person in hollowmere.personas.values():
        facts += person.statements + [secret.fact for secret in person.secrets]
        assert 8 <= len(person.facts) <= 12, person.id
        assert 5 <= len(person.voice) <= 8, person.id
        assert any(fact.text.startswith("You sell") for fact in person.facts if fact.kind == "price"), person.id
        assert sum("penn" in fact.text for fact in person.facts) >= 2, person.id
        assert any(fact.text.startswith("You need") for fact in person.facts if fact.kind == "need"), person.id
    for fact in facts:
        assert len(fact.split()) <= 30, fact
        assert fact.endswith("."), fact
        assert ";" not in fact, fact


def test_no_secret_leaks_into_what_is_told(hollowmere: Pack) -> None:
    told = [lore.text for lore in hollowmere.lore]
    told += [line for moods in hollowmere.barks.lines.values() for lines in moods.values() for line in lines]
    for person in hollowmere.personas.values():
        told += person.statements + person.wants + person.voice
        told += [relation.why or "" for relation in person.relations.values()]
        told += [line for lines in person.barks.values() for line in lines]
    secrets = [secret.fact for person in hollowmere.personas.values() for secret in person.secrets]
    assert len(secrets) >= 6
    for secret in secrets:
        words = content(secret)
        for text in told:
            assert len(words & content(text)) <= len(words) / 2, (secret, text)


def content(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 3}


def test_characters_know_different_lore(hollowmere: Pack) -> None:
    smith, fisher = (
        [lore.text for lore in hollowmere.lore if lore.scope in hollowmere.personas[npc].knows]
        for npc in ("mira", "pim")
    )
    assert any("bridge at Elmford" in text for text in smith)
    assert set(smith) & set(fisher)
    assert set(smith) - set(fisher)
    assert set(fisher) - set(smith)


def test_quarrels_have_two_sides(hollowmere: Pack) -> None:
    people = hollowmere.personas
    for one, other in (("mira", "tom"), ("bren", "wenna"), ("garrick", "pim"), ("odile", "aldous")):
        for a, b in ((one, other), (other, one)):
            relation = people[a].relations[b]
            assert relation.feeling in ("hostile", "cold"), (a, b)
            assert relation.why, (a, b)


def test_all_ids_resolve(hollowmere: Pack) -> None:
    places = {place.id for place in hollowmere.village.places}
    assert {lore.scope for lore in hollowmere.lore} == set(hollowmere.village.scopes)
    for place in hollowmere.village.places:
        assert set(place.leads_to) <= places - {place.id}
        assert set(place.items) <= set(hollowmere.village.items)
        for neighbour in place.leads_to:
            back = next(other for other in hollowmere.village.places if other.id == neighbour)
            assert place.id in back.leads_to, f"{place.id} leads to {neighbour} but not back"
    for npc, person in hollowmere.personas.items():
        assert person.id == npc
        assert person.place in places
        assert set(person.relations) <= set(hollowmere.personas) - {npc}
        assert set(person.knows) <= set(hollowmere.village.scopes)


# Mistakes: (file, what it holds then, what the error must say)

MISTAKES: list[tuple[str, str, str, list[str]]] = [
    ("unknown key", "personas/leo.yaml", LEO + "trait: [x]\n", ["trait:", "unknown key", "did you mean traits?"]),
    ("nested unknown key", "personas/ana.yaml", ANA.replace("why:", "because:"),
     ["relations.leo.because", "feeling, why"]),
    ("wrong value", "personas/leo.yaml", LEO + "feeling: wram\n", ["feeling", "did you mean warm?", "hostile"]),
    ("a trait with marks", "personas/leo.yaml", LEO.replace("kind", "'<|end|>'"),
     ["traits entry 1", '"<|end|>" is no trait', "without < >"]),
    ("a long trait", "personas/leo.yaml", LEO.replace("kind", "x" * 65), ["traits entry 1", "up to 64"]),
    ("a long description", "personas/leo.yaml", f"{LEO}description: {'la ' * 700}\n",
     ["description", "up to 2000", "shorten it"]),
    ("too many aliases", "personas/leo.yaml", f"{LEO}aliases: [a, b, c, d, e, f, g, h, i]\n", ["aliases", "up to 8"]),
    ("another's name", "personas/leo.yaml", f"{LEO}aliases: [Lee, ana]\n",
     ["aliases entry 2", '"ana"', "personas/ana.yaml"]),
    ("too warm", "personas/leo.yaml", LEO + "sampling: {temperature: 3}\n",
     ["sampling.temperature", "3", "less than or equal to 2"]),
    ("no number", "personas/leo.yaml", LEO + "sampling: {dry: very}\n", ["sampling.dry", '"very"', "number"]),
    ("no such sampler", "personas/leo.yaml", LEO + "sampling: {sampler: entropi}\n",
     ["sampling.sampler", "did you mean entropy?", "min-p, dynamic"]),
    ("unknown sampling", "personas/leo.yaml", LEO + "sampling: {temprature: 1}\n",
     ["sampling.temprature", "did you mean temperature?", "min_p, dry"]),
    ("wrong mood", "personas/leo.yaml", LEO + "mood: odd\n", ["mood", '"odd" is not allowed', "calm, cheerful"]),
    ("missing key", "personas/leo.yaml", "name: Leo\ntraits: [kind]\n", ["role", "missing"]),
    ("a number for text", "personas/leo.yaml", LEO.replace("Leo", "12"), ["name", "text", "quotes"]),
    ("an unquoted colon", "personas/leo.yaml", LEO + "facts:\n  - He said: no\n", ["facts entry 1", "colon", "quotes"]),
    ("text for a list", "personas/leo.yaml", LEO + "facts: You sing.\n", ["facts", "must be a list"]),
    ("a list for keys", "personas/leo.yaml", "- Leo\n", ["must hold keys", "name, role"]),
    ("too long", "personas/leo.yaml", LEO + f"facts: [{'la ' * 90}]\n", ["facts entry 1", "up to 240"]),
    ("too many", "personas/leo.yaml", LEO.replace("kind", "kind, lazy, pious, proud, timid"), ["traits", "up to 4"]),
    ("too few", "personas/leo.yaml", LEO.replace("kind", ""), ["traits", "1 or more"]),
    ("bad id", "personas/ana.yaml", ANA.replace("leo:", "Leo B:"), ["relations.Leo B", "not an id"]),
    ("YAML syntax", "personas/leo.yaml", 'name: Leo\nrole: "shepherd\n', ["line 3", "begun in line 2", "quote"]),
    ("a quote inside", "personas/leo.yaml", LEO + 'facts:\n  - "No" is all you say.\n',
     ["line 5", "in quotes as a whole"]),
    ("a tab", "personas/leo.yaml", "name: Leo\nrelations:\n\tana: x\n", ["line 3", "never with tabs"]),
    ("a key twice", "personas/leo.yaml", LEO + "name: Lea\n", ["line 4", '"name" stands here twice']),
    ("empty", "personas/leo.yaml", "", ["this file is empty"]),
    ("only comments", "personas/leo.yaml", "# later\n", ["empty but for comments"]),
    ("file name", "personas/leo.yaml", LEO + "id: lea\n", ["id", '"lea" must be "leo"']),
    ("no such relation", "personas/ana.yaml", ANA.replace("leo:", "lea:"), ["relations.lea", "did you mean leo?"]),
    ("self", "personas/leo.yaml", LEO + "relations: {leo: {}}\n", ["relations.leo", "itself"]),
    ("no such place", "personas/ana.yaml", ANA.replace("place: well", "place: wel"),
     ["place", "did you mean well?", "shed"]),
    ("no such scope", "personas/ana.yaml", ANA.replace(", trade]", ", trad]"), ["knows", "did you mean trade?"]),
    ("secret told", "personas/ana.yaml", ANA.replace("sell cups for a penny", "broke the ninth cup yourself"),
     ["secrets entry 1", "facts"]),
    ("secret for no such item", "personas/ana.yaml", ANA.replace("yourself.}", "yourself., reveal: {item: buket}}"),
     ["secrets entry 1.reveal.item", "did you mean bucket?"]),
    ("secret for a typo", "personas/ana.yaml", ANA.replace("yourself.}", "yourself., reveal: {trus: 0.5}}"),
     ["secrets entry 1.reveal.trus", "did you mean trust?"]),
    ("secret for no fact", "personas/ana.yaml", ANA.replace("yourself.}", "yourself., reveal: {flag: Cup found}}"),
     ["secrets entry 1.reveal.flag", '"Cup found" names no fact', "bridge.closed"]),
    ("secret for nothing", "personas/ana.yaml", ANA.replace("yourself.}", "yourself., reveal: {}}"),
     ["secrets entry 1.reveal", "name at least one condition"]),
    ("place twice", "pack.yaml", PACK.replace("items: {", "  - {id: well, name: a well}\nitems: {", 1),
     ["places entry 3.id", '"well" already']),
    ("leads nowhere", "pack.yaml", PACK.replace("[shed]", "[barn]"),
     ["places entry 1.leads_to", '"barn"', "well, shed"]),
    ("no such item", "pack.yaml", PACK.replace("[bucket]", "[buket]"),
     ["places entry 1.items", "did you mean bucket?"]),
    ("unknown place key", "pack.yaml", PACK.replace("leads_to: [well]", "leadsto: [well]"),
     ["places entry 2.leadsto", "did you mean leads_to?"]),
    ("lore scope", "lore/vilage.md", "The well is dry.\n", ["scope", "did you mean village?"]),
    ("lore too long", "lore/village.md", "The well is deep.\n\n" + "La " * 90,
     ["lore/village.md: entry 2", "up to 240"]),
    ("lore ending", "lore/trade.txt", "Wool is dear.", ["rename this file to trade.md"]),
    ("bark move", "barks.yaml", "gret: {any: [Hello]}\n", ["gret", "did you mean greet?"]),
    ("bark mood", "barks.yaml", "greet: {angry: [Hello]}\n", ["greet.angry", "is not allowed", "any"]),
    ("bark placeholder", "barks.yaml", "greet: {any: ['Hello, {player}']}\n",
     ["greet.any entry 1", "{player}", "{listener}"]),
    ("bark under its old name", "barks.yaml", "farewell: {any: [Go well]}\n", ["farewell", "did you mean part?"]),
    ("own bark under its old name", "personas/leo.yaml", LEO + "barks: {small_talk: [Hm]}\n",
     ["barks.small_talk", "did you mean chat?"]),
    ("own bark move", "personas/leo.yaml", LEO + "barks: {gret: [Hello]}\n", ["barks.gret", "did you mean greet?"]),
    ("yml", "personas/ada.yml", LEO, ["rename this file to ada.yaml"]),
    ("misplaced", "ada.yaml", LEO, ["not read", "personas/<id>.yaml"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "says"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_mistakes_are_named(folder: Path, file: str, text: str, says: list[str]) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    message = fault(folder)
    for essential in [file, *says]:
        assert essential in message
    assert "\n" not in message, "one mistake is reported once"


def test_a_secret_in_the_lore_is_named(folder: Path) -> None:
    (folder / "lore" / "trade.md").write_text("- You broke the ninth cup yourself!\n", encoding="utf-8")
    assert "personas/ana.yaml: secrets entry 1: this secret also stands in lore/trade" in fault(folder)


def test_other_encodings_are_named(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_bytes("name: Léo\n".encode("latin-1"))
    message = fault(folder)
    assert "personas/leo.yaml" in message
    assert "UTF-8" in message


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_text(LEO, encoding="utf-8-sig")
    assert load_pack(str(folder)).personas["leo"].name == "Leo"


def test_several_mistakes_are_listed_at_once(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_text(LEO + "mood: odd\nage: 9\n", encoding="utf-8")
    (folder / "pack.yaml").write_text(PACK.replace("[shed]", "[barn]"), encoding="utf-8")
    message = fault(folder)
    assert "has 3 mistakes:" in message
    assert [line.split(": ")[:2] for line in message.splitlines()[1:]] == [
        ["  personas/leo.yaml", "mood"],
        ["  personas/leo.yaml", "age"],
        ["  pack.yaml", "places entry 1.leads_to"],
    ]


# Own words, other names, macros


def test_traits_in_own_words_count_nothing(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_text(LEO.replace("kind", "Brave, keeps every promise"), encoding="utf-8")
    leo = load_pack(str(folder)).personas["leo"]
    assert leo.traits == ["brave", "keeps every promise"]
    assert leo.temper == temper(["brave"], "calm")


@pytest.mark.parametrize(
    ("code", "traits", "meant"),
    [
        ("en", "bruve, kind", {1: "bruve"}),
        ("en", "knid, Bold as brass, Gossippy", {1: "knid", 3: "Gossippy"}),
        ("en", "stern, loyal, witty, tall", {}),
        ("de", "mutig, freundlich zu Fremden", {1: "mutig"}),
    ],
)
def test_a_trait_that_is_nearly_known_is_noted(folder: Path, code: str, traits: str, meant: dict[int, str]) -> None:
    (folder / "pack.yaml").write_text(f"{PACK}language: {code}\n", encoding="utf-8")
    (folder / "personas" / "leo.yaml").write_text(LEO.replace("kind", traits), encoding="utf-8")
    found = [*notes(load_pack(str(folder)), folder)]
    assert len(found) == len(meant)
    for note, (number, trait) in zip(found, meant.items(), strict=True):
        assert note.startswith(f'personas/leo.yaml: traits entry {number}: "{trait}" is read as words of your own')
        assert note.split("did you mean ")[1] in [f'"{known}"?' for known in TRAITS]


def test_files_that_nothing_reads_are_noted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("notes.txt", ".hidden", "lore/map.png", "personas/leo.bak", "persona"):
        (folder / name).write_text("x", encoding="utf-8")
    assert main(["pack", "check", str(folder)]) == 0
    said = capsys.readouterr().out
    for name in ("notes.txt", "lore/map.png", "personas/leo.bak", "persona"):
        assert f"  {name}: this file is not read\n" in said
    assert "hidden" not in said
    assert main(["pack", "check", "--json", str(folder)]) == 0
    assert len(json.loads(capsys.readouterr().out)["notes"]) == 4


def test_macros_are_filled_in(folder: Path) -> None:
    texts = """\
description: |
  {{user}} is new to {{char}}. She likes {{User}}.

  "{{ user }} left."
looks: '{{char}} is small.'
voice: ['Good day, {{user}}, I am {{char}}.']
wants: ['You want {{user}} to stay.']
barks: {greet: ['Hello {{user}}, {{CHAR}} greets you.']}
aliases: ['{{char}}']
"""
    (folder / "personas" / "leo.yaml").write_text(LEO + texts, encoding="utf-8")
    (folder / "barks.yaml").write_text("greet: {any: ['{{user}}! {{char}} is here.']}\n", encoding="utf-8")
    pack = load_pack(str(folder))
    leo = pack.personas["leo"]
    assert leo.description == 'The visitor is new to Leo. She likes the visitor.\n\n"The visitor left."'
    assert (leo.looks, leo.wants) == ("Leo is small.", ["You want the visitor to stay."])
    assert leo.voice == ["Good day, stranger, I am Leo."]
    assert leo.aliases == ["{{char}}"]
    own = bark(pack.barks, leo, "greet", listener="Alex", seed=1)
    assert own == "Hello Alex, Leo greets you."
    assert bark(pack.barks, leo, "greet", listener="Alex", seed=1, recent=[own]) == "Alex! Leo is here."


def test_macros_speak_the_language_of_the_pack() -> None:
    data = scene_pack()
    data["world"]["language"] = "ja"
    data["personas"]["ana"]["description"] = "{{char}}は{{user}}を待つ。"
    assert pack_from_mapping(data, source="x.yaml").personas["ana"].description == "Anaは来訪者を待つ。"


def test_a_text_counts_with_its_macros_filled_in(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_text(
        LEO.replace("Leo", "L" * 60) + f"wants: ['You {'{{char}}' * 5}']\n", encoding="utf-8"
    )
    assert "304 characters are too many" in fault(folder)


def test_namesakes_may_have_the_same_name_and_no_alias_of_another(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").write_text(LEO.replace("Leo", "Ana"), encoding="utf-8")
    assert load_pack(str(folder)).personas["leo"].name == "Ana"
    for npc, text in (("ana", ANA), ("leo", LEO)):
        (folder / "personas" / f"{npc}.yaml").write_text(f"{text}aliases: [Old Bones]\n", encoding="utf-8")
    message = fault(folder)
    assert "personas/leo.yaml: aliases entry 1: " in message
    assert "personas/ana.yaml" in message


def test_a_secret_in_a_description_is_named(folder: Path) -> None:
    text = f"{ANA}description: 'You broke the ninth cup yourself, and more.'\n"
    (folder / "personas" / "ana.yaml").write_text(text, encoding="utf-8")
    assert "this secret also stands in description" in fault(folder)


# Finding packs


def test_paths_may_hold_spaces_and_any_letters(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = load_pack(folder.name, near=folder.parent)
    assert pack.id == "Mein Dörfchen 村"
    assert load_pack(str(folder / "pack.yaml")) == pack
    monkeypatch.chdir(folder.parent)
    assert load_pack(f"./{folder.name}") == pack


@pytest.mark.parametrize("name", ["holowmere", "no/such/folder", "", "a\0b", "x" * 5000, "~nobody-of-that-name/x"])
def test_an_unknown_pack_lists_what_there_is(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((NotFound, PackError), match="hollowmere" if name else r"pack\.yaml"):
        load_pack(name)


def test_a_folder_without_pack_yaml_is_named(folder: Path) -> None:
    (folder / "pack.yaml").unlink()
    assert "pack.yaml: this file is missing; it holds name, summary, places" in fault(folder)


def test_a_pack_without_people_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "personas")
    assert "there is no character" in fault(folder)


def test_markdown_becomes_one_paragraph_a_fact() -> None:
    text = (
        "# Title\n\nThe well\nis deep.\n<!-- not\n\nthis -->\n---\n- One.\n- Two,\n  still two.\n\n*Three* is here.\n"
    )
    assert [told for _, told in paragraphs(text)] == [
        "The well is deep.",
        "One.",
        "Two, still two.",
        "*Three* is here.",
    ]


# Inline packs


def scene_pack() -> dict[str, Any]:
    return {
        "world": {"format": 2, "name": "Thornby", "summary": "Three houses.",
                  "places": [{"id": "well", "name": "the well"}], "scopes": {"village": "everyone"}},
        "personas": {"ana": {"name": "Ana", "role": "potter", "traits": ["blunt"], "place": "well"}},
        "lore": {"village": ["The well is deep."]},
    }  # fmt: skip


def test_a_scene_carries_its_own_pack() -> None:
    pack = pack_from_mapping(scene_pack(), source="scenes/well.yaml")
    assert pack.id == "well"
    assert pack.personas["ana"].id == "ana"
    assert [(lore.scope, lore.text) for lore in pack.lore] == [("village", "The well is deep.")]
    listed = scene_pack()
    listed["personas"] = [{"id": npc, **data} for npc, data in listed["personas"].items()]
    listed["lore"] = {"village": "The well is deep.\n"}
    assert pack_from_mapping(listed, source="scenes/well.yaml") == pack


Change = Callable[[dict[str, Any]], object]
INLINE_MISTAKES: list[tuple[Change, str]] = [
    (lambda data: data.update(lor={}), "scenes/well.yaml: lor: unknown key; did you mean lore?"),
    (lambda data: data.pop("world"), "scenes/well.yaml: world: this key is missing"),
    (lambda data: data.pop("personas"), "scenes/well.yaml: personas: this key must hold the characters"),
    (lambda data: data["personas"]["ana"].update(mod="calm"), "personas.ana.mod: unknown key; did you mean mood?"),
    (lambda data: data["personas"]["ana"].update(place="wel"),
     'personas.ana.place: no place "wel"; did you mean well?'),
    (lambda data: data.update(lore={"vilage": ["It rains."]}), 'lore.vilage: no scope "vilage"; did you mean village?'),
    (lambda data: data.update(lore={"village": [3]}), "lore.village entry 1: this must be text"),
    (lambda data: data.update(personas=[data["personas"]["ana"]]), "personas entry 1.id: this key is missing"),
    (lambda data: data.update(personas=[{"id": "ana", **data["personas"]["ana"]}] * 2),
     'personas entry 2.id: there is a character "ana" already'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), INLINE_MISTAKES)
def test_mistakes_in_a_scene_name_its_keys(change: Change, says: str) -> None:
    data = scene_pack()
    change(data)
    with pytest.raises(PackError) as caught:
        pack_from_mapping(data, source="scenes/well.yaml")
    assert says in str(caught.value)


# Barks


def person(**changes: Any) -> Persona:
    return Persona(**{"id": "ana", "name": "Ana", "role": "potter", "traits": ["kind"], **changes})


def test_every_move_but_those_of_a_quarrel_has_barks() -> None:
    spoken = {move.value for move in Move if move not in QUARREL_MOVES and move is not Move.MEDIATE}
    assert spoken | {"busy", "any"} == set(BARK_MOVES)


@pytest.mark.parametrize("move", BARK_MOVES)
def test_hollowmere_barks_for_every_move_and_mood(hollowmere: Pack, move: str) -> None:
    written = {str(key): moods for key, moods in hollowmere.barks.lines.items()}[move]
    assert len(written["any"]) >= 4
    assert all(3 <= len(lines) <= 6 for lines in written.values())
    for mood in MOODS:
        for npc in hollowmere.personas.values():
            said: list[str] = []
            for _ in range(4):
                said.append(
                    bark(hollowmere.barks, npc, move, mood=mood, listener="Alex", place="the mill", seed=1, recent=said)
                )
                assert "{" not in said[-1]
            assert len(set(said)) == 4


def test_every_villager_has_many_lines_of_its_own(hollowmere: Pack) -> None:
    all_own: list[str] = []
    for npc in hollowmere.personas.values():
        own = [line for lines in npc.barks.values() for line in lines]
        assert len(own) >= 30, npc.id
        assert {"greet", "part", "feel", "opinion", "chat", "deflect", "welcome", "thank", "forgive"} <= set(npc.barks)
        assert {"rebuff", "retort", "puzzle", "acknowledge", "doubt", "agree", "refuse"} <= set(npc.barks)
        assert {"ask back", "introduce", "work", "admit"} <= set(npc.barks)
        assert {"stand", "cower"} & set(npc.barks), npc.id
        all_own += own
    assert len(all_own) == len(set(all_own))


def test_the_guard_would_let_every_bark_through(hollowmere: Pack) -> None:
    names = [npc.name for npc in hollowmere.personas.values()]
    slots = {"listener": "Alex", "role": "smith", "home": "Dell", "place": "the mill"}
    lines = [("Mira", line) for moods in hollowmere.barks.lines.values() for found in moods.values() for line in found]
    lines += [
        (npc.name, line) for npc in hollowmere.personas.values() for found in npc.barks.values() for line in found
    ]
    for name, line in lines:
        said = line.format(name=name, **slots)
        assert released(Guard(name, [*names, "Alex"], ()), said, 1) == (said, "")


def test_barks_claim_nothing_of_the_village(hollowmere: Pack) -> None:
    people = hollowmere.personas.values()
    names = {person.name for person in people} | {"Carrow", "Elmford", "Hollowmere", "penny", "pennies"}
    lines = [line for moods in hollowmere.barks.lines.values() for found in moods.values() for line in found]
    lines += [line for person in people for found in person.barks.values() for line in found]
    assert len(lines) > 400
    for line in lines:
        assert not names & set(re.findall(r"\w+", line)), line


def test_the_seed_decides_and_all_lines_come_up(hollowmere: Pack) -> None:
    tom = hollowmere.personas["tom"]
    lines = [bark(hollowmere.barks, tom, "greet", mood="calm", listener="Alex", seed=seed) for seed in range(40)]
    assert lines == [
        bark(hollowmere.barks, tom, "greet", mood="calm", listener="Alex", seed=seed) for seed in range(40)
    ]
    assert set(lines) == {line.replace("{listener}", "Alex") for line in tom.barks["greet"]}
    stranger = person(mood="calm")
    lines = [bark(hollowmere.barks, stranger, "greet", listener="Alex", seed=seed) for seed in range(60)]
    assert set(lines) == {line.replace("{listener}", "Alex") for line in hollowmere.barks.lines["greet"]["any"]}


def test_mood_comes_before_any_and_own_lines_join_in() -> None:
    barks = Barks.model_validate(
        {"lines": {"greet": {"any": ["A1", "A2"], "weary": ["W1", "W2"]}, "any": {"any": ["Z1"]}}}
    )

    def heard(move: str, mood: str, who: Persona) -> set[str]:
        return {bark(barks, who, move, mood=mood, seed=seed) for seed in range(40)}

    assert heard("greet", "weary", person()) == {"W1", "W2"}
    assert heard("greet", "calm", person()) == {"A1", "A2"}
    assert heard("greet", "", person(mood="weary")) == {"W1", "W2"}
    assert heard("greet", "weary", person(barks={"greet": ["O1"]})) == {"O1", "W1", "W2"}
    assert heard("retort", "weary", person()) == {"Z1"}
    assert heard("no such move", "weary", person(barks={"any": ["O2"]})) == {"O2"}
    assert heard("greet", "calm", person(barks={"greet": ["O1"]})) == {"O1"}


def test_own_lines_are_three_times_as_likely() -> None:
    barks = Barks.model_validate({"lines": {"greet": {"weary": ["W1"], "any": ["A1"]}}})
    who = person(mood="weary", barks={"greet": ["O1"]})
    said = [bark(barks, who, "greet", seed=seed) for seed in range(2000)]
    assert 0.7 < said.count("O1") / len(said) < 0.8
    assert set(said) == {"O1", "W1"}


def test_nothing_is_said_again_where_there_is_a_choice() -> None:
    barks = Barks.model_validate({"lines": {"greet": {"any": ["A1", "A2"], "weary": ["W1"]}, "any": {"any": ["Z1"]}}})
    who = person(mood="weary", barks={"greet": ["O1"], "part": ["P1"]})

    def said(move: str, *recent: str) -> set[str]:
        return {bark(barks, who, move, seed=seed, recent=recent) for seed in range(40)}

    assert said("greet", "O1") == {"W1"}
    assert said("greet", "W1", "O1") == {"A1", "A2"}
    assert said("greet", "W1", "O1", "A2") == {"A1"}
    assert said("greet", "A1", "W1", "O1", "A2") == {"A1"}, "the one that was said longest ago"
    assert said("greet", "A1", "W1", "O1", "A2", "A1") == {"W1"}
    assert said("part") == {"P1"}
    assert said("part", "P1") == {"Z1"}, "a single line is not said twice running"
    assert said("part", "P1", "Z1") == {"P1"}


def test_a_line_with_nothing_to_fill_in_is_left_out() -> None:
    barks = Barks.model_validate({"lines": {"place": {"any": ["We are at {place}.", "Look round."]}, "any": {
        "any": ["The {role} of {home} has no words."]}}})  # fmt: skip
    assert {bark(barks, person(), "place", seed=seed) for seed in range(20)} == {"Look round."}
    asked = {bark(barks, person(), "place", seed=seed, place="the {name}") for seed in range(20)}
    assert asked == {"Look round.", "We are at the {name}."}
    assert bark(barks, person(), "chat", seed=0, home="Dell") == "The potter of Dell has no words."
    assert bark(barks, person(home="the marsh"), "chat", seed=0, home="Dell") == "The potter of the marsh has no words."
    assert bark(barks, person(), "chat", seed=0) in ENGLISH.phrases.lines("barks.last_resort")


def test_a_fallback_line_goes_by_the_move(hollowmere: Pack) -> None:
    tom = hollowmere.personas["tom"]

    def line(move: Any, place: str = "") -> str:
        return fallback_line(hollowmere, "tom", move, mood="amused", listener="Alex", seed=2, place=place)

    def lines(move: Any) -> set[str]:
        written = [*tom.barks.get(move, []), *hollowmere.barks.lines[move]["amused"]]
        return {text.replace("{listener}", "Alex").replace("{name}", "Tom") for text in written}

    assert line(Move.ASK_BACK) in lines("ask back")
    assert line("busy") in lines("busy")
    assert line("any") in lines("any")
    assert line(Move.ACCUSE) in lines("any"), "what is said in a quarrel is no bark"
    barn = {fallback_line(hollowmere, "tom", Move.PLACE, mood="amused", listener="", seed=seed, place="the barn")
            for seed in range(20)}  # fmt: skip
    assert any("the barn" in said for said in barn)


def test_a_pack_without_barks_still_has_lines() -> None:
    first = bark(Barks(lines={}), person(), "greet", seed=3)
    last_resort = set(ENGLISH.phrases.lines("barks.last_resort"))
    assert first in last_resort
    assert bark(Barks(lines={}), person(), "greet", seed=3, recent=[first]) in last_resort - {first}


def test_names_are_filled_in_once_and_as_they_are() -> None:
    barks = Barks.model_validate({"lines": {"greet": {"any": ["{listener}, I am {name}."]}}})
    assert bark(barks, person(), "greet", listener="{name}\\1", seed=0) == "{name}\\1, I am Ana."
    assert bark(barks, person(), "greet", seed=0) == "stranger, I am Ana."
    assert bark(barks, person(), "greet", seed=0, recent=["stranger, I am Ana."]) == "stranger, I am Ana."


def test_every_trait_and_mood_has_a_temper() -> None:
    assert all(temper([trait]) != temper([]) for trait in TRAITS)
    assert all(temper([], mood) != temper([]) for mood in MOODS)


def test_one_faithful_forgiving_or_fearless_trait_outweighs_its_opposites() -> None:
    assert all(temper([one, "gossipy", "dramatic", "boastful"]).faithful > 0 for one in ("honest", "scholarly"))
    assert all(temper([one, "proud", "stubborn"]).forgiving > 0 for one in ("kind", "warm-hearted", "pious"))
    assert all(temper([one, "timid"], "nervous").steady > 0 for one in ("brave", "proud", "stubborn"))


# The kinds of facts


def test_a_fact_is_a_sentence_or_a_kind_and_a_sentence(folder: Path) -> None:
    facts = "facts:\n  - You sing.\n  - fact: You hum.\n  - price: You sell wool.\n  - need: You need a dog.\n"
    facts += '  - view: "You think: no."\n  - told: Ana told you that it rains.\n'
    (folder / "personas" / "leo.yaml").write_text(LEO + facts, encoding="utf-8")
    leo = load_pack(str(folder)).personas["leo"]
    assert [fact.kind for fact in leo.facts] == ["fact", "fact", "price", "need", "view", "told"]
    assert leo.statements[2:5] == ["You sell wool.", "You need a dog.", "You think: no."]
    assert leo.model_dump()["facts"][:3] == ["You sing.", "You hum.", {"price": "You sell wool."}]
    assert Persona.model_validate(leo.model_dump(mode="json")) == leo
    with pytest.raises(AttributeError):
        leo.facts[0].text = "You dance."  # type: ignore[misc]


WRONG_FACTS = [
    ("- prise: You sell wool.", ['"prise" is no kind of fact', "did you mean price?", "fact, price, need, view, told"]),
    ("- Bo said: no", ['"Bo said" is no kind of fact', "colon", "quotes as a whole"]),
    ("- {price: You sell wool., need: You need it.}", ["one kind", "- price: You sell rope"]),
    ("- {}", ["one kind"]),
    ("- price:", ["must be text, not nothing"]),
    ("- price: [You sell wool.]", ["must be text, not a list"]),
    ("- price: 12", ["must be text, not the value 12"]),
    ("- price: " + "la " * 90, ["up to 240"]),
    ("- price: x", ['"x" is too short']),
]


@pytest.mark.parametrize(("written", "says"), WRONG_FACTS)
def test_a_wrong_fact_is_named_with_its_line(folder: Path, written: str, says: list[str]) -> None:
    (folder / "personas" / "leo.yaml").write_text(f"{LEO}facts:\n  - You sing.\n  {written}\n", encoding="utf-8")
    message = fault(folder)
    for essential in ["personas/leo.yaml: facts entry 2: ", "(line 6)", *says]:
        assert essential in message
    assert "\n" not in message


@pytest.mark.parametrize("written", ["", "format: 1\n", "format: true\n"])
def test_a_pack_of_the_old_form_says_how_to_go_on(folder: Path, written: str) -> None:
    (folder / "pack.yaml").write_text(written + PACK.replace("format: 2\n", ""), encoding="utf-8")
    message = fault(folder)
    for essential in ["old form", f'npc-runtime pack migrate "{folder}"', "format: 2", "- price: You sell rope"]:
        assert essential in message
    assert "\n" not in message


@pytest.mark.parametrize("written", ["3", "two", "[2]", "~"])
def test_a_pack_of_a_form_to_come_is_refused(folder: Path, written: str) -> None:
    (folder / "pack.yaml").write_text(PACK.replace("format: 2", f"format: {written}"), encoding="utf-8")
    assert "is unknown here" in fault(folder)


def test_a_scene_with_a_pack_of_the_old_form_is_refused() -> None:
    data = scene_pack()
    del data["world"]["format"]
    with pytest.raises(PackError, match=r'old form.*npc-runtime pack migrate "scenes/well\.yaml"'):
        pack_from_mapping(data, source="scenes/well.yaml")
