"""Character cards and lorebooks become packs that load; what is wrong in one is told, and nothing is written."""

from __future__ import annotations

import base64
import json
import struct
import time
import zlib
from pathlib import Path

import pytest

from npc_runtime.cli.main import main
from npc_runtime.persona.limits import FILE_BYTES
from npc_runtime.persona.model import Pack
from npc_runtime.persona.pack import load_pack
from npc_runtime.persona.prose import clean, cut, pieces, spoken

V1 = {
    "name": "Seraphina",
    "description": "{{char}} guards the forest of Eldoria. She found {{User}} there.",
    "personality": "caring, Kind, protective, playful, wise",
    "scenario": "{{user}} wakes up in a glade.",
    "first_mes": '*You wake with a start. {{char}} smiles.* "Good morning, {{user}}!" *She pours tea.* "Drink this."',
    "mes_example": (
        "<START>\n{{user}}: Who are you?\n{{char}}: *She laughs.* I am <BOT>. I *really* am.\nAsk again.\n"
        '<START>\n{{user}}: Well.\nSeraphina: "As you wish, <USER>." She turns away.'
    ),
}
ENTRIES = [
    {"keys": ["eldoria", "forest"], "name": "The forest", "enabled": True, "insertion_order": 1, "extensions": {},
     "content": "Eldoria is old. {{char}} guards it from {{user}}.\n# It is no heading.\n- It is a bullet.\n---\n<!--"},
    {"keys": ["x"], "content": "It is switched off.", "enabled": False, "insertion_order": 2, "extensions": {}},
    {"keys": [], "content": "@@depth 4\nNobody {{roll:6}} counts.", "enabled": True, "extensions": {}},
]  # fmt: skip
DATA = {
    **V1,
    "creator_notes": "Rate it.",
    "system_prompt": "You are an AI.",
    "post_history_instructions": "",
    "alternate_greetings": ["Well met.", "*nods*", "Well met."],
    "tags": ["elf", "fantasy\nname: Mallory"],
    "creator": "somebody\n# else",
    "extensions": {"depth_prompt": 3},
    "character_book": {"name": "Eldoria", "entries": ENTRIES},
}
V2 = {"spec": "chara_card_v2", "spec_version": "2.0", "data": DATA}
V3 = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {**DATA, "nickname": "Sera", "group_only_greetings": ["Hello, both."], "assets": [{"type": "icon"}]},
}


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(*texts: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(texts) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def encoded(card: object) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


def text_chunk(keyword: str, card: object) -> bytes:
    return chunk(b"tEXt", keyword.encode() + b"\0" + encoded(card))


def international(keyword: str, card: object, *, packed: bool = False) -> bytes:
    text = zlib.compress(encoded(card)) if packed else encoded(card)
    return chunk(b"iTXt", keyword.encode() + bytes([0, packed, 0]) + b"en\0" + keyword.encode() + b"\0" + text)


def write(folder: Path, name: str, card: object) -> Path:
    path = folder / name
    path.write_bytes(card if isinstance(card, bytes) else json.dumps(card).encode())
    return path


def made(folder: Path, *cards: object, arguments: tuple[str, ...] = ()) -> Pack:
    """The pack of these cards, which `pack check` has nothing against."""
    files = [str(write(folder, f"card-{number}.json", card)) for number, card in enumerate(cards, 1)]
    out = folder / "a pack"
    assert main(["pack", "import", *files, "--out", str(out), *arguments]) == 0
    assert main(["pack", "check", str(out)]) == 0
    return load_pack(str(out))


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *cards: object, name: str = "card.json") -> str:
    """Why these cards are no pack; of which nothing is written, and which is told soon."""
    files = [str(write(folder, f"{number}{name}", card)) for number, card in enumerate(cards)]
    there = sorted(folder.iterdir())
    begun = time.thread_time()
    assert main(["pack", "import", *files, "--out", str(folder / "new")]) != 0
    assert time.thread_time() - begun < 2.0
    assert sorted(folder.iterdir()) == there
    said = capsys.readouterr().err
    assert len(said) < 2_000
    assert said.isprintable() or said.rstrip("\n").isprintable()
    return said


# What becomes of a card


@pytest.mark.parametrize(
    "card",
    [
        V1,
        V2,
        V3,
        picture(text_chunk("chara", V2)),
        picture(text_chunk("Chara", V1)),
        picture(text_chunk("ccv3", V3)),
        picture(international("ccv3", V3)),
        picture(international("chara", V2, packed=True)),
        picture(chunk(b"tEXt", b"Software\0x"), text_chunk("chara", {"name": "Old"}), text_chunk("ccv3", V3)),
        b"\xef\xbb\xbf" + json.dumps(V2).encode(),
    ],
    ids=["V1", "V2", "V3", "PNG", "PNG V1", "PNG V3", "iTXt", "packed iTXt", "both", "byte order mark"],
)
def test_every_kind_of_card_is_read(tmp_path: Path, card: object) -> None:
    sera = made(tmp_path, card).personas["seraphina"]
    assert sera.name == "Seraphina"
    assert sera.description.startswith("Seraphina guards the forest of Eldoria. She found the visitor there.")
    assert sera.description.endswith("caring, Kind, protective, playful, wise.\n\nThe visitor wakes up in a glade.")
    assert sera.traits == ["caring", "kind", "protective", "playful"]
    assert sera.barks["greet"][0] == "Good morning, {listener}! Drink this."
    assert sera.voice == ["I am Seraphina. I really am. Ask again.", "As you wish, stranger."]


def test_a_v3_card_has_what_only_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = made(tmp_path, V3)
    sera = pack.personas["seraphina"]
    assert sera.aliases == ["Sera"]
    assert sera.barks["greet"][1:] == ["Well met.", "Hello, both."]
    assert sera.knows == ["village", "seraphina"]
    assert [(lore.heading, lore.text) for lore in pack.lore] == [
        ("The forest, eldoria, forest", "Eldoria is old. Seraphina guards it from the visitor."),
        ("The forest, eldoria, forest", "It is no heading."),
        ("The forest, eldoria, forest", "It is a bullet."),
        ("", "Nobody counts."),
    ]
    said = capsys.readouterr().out
    for note in (
        "creator_notes: not used",
        "system_prompt: not used",
        "assets: not used",
        "switched off, left out: 1",
        "macros that are not filled in here",
        "greetings in which nothing is said, left out: 1",
        'role: no card has one, so "resident" stands there',
    ):
        assert f"  card-1.json: {note}" in said or note in said
    assert "post_history" not in said


def test_tags_and_creator_are_a_comment_and_no_more(tmp_path: Path) -> None:
    made(tmp_path, V2)
    lines = (tmp_path / "a pack" / "personas" / "seraphina.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == [
        "# From card-1.json, by somebody # else.",
        "# tags: elf, fantasy name: Mallory",
        "name: Seraphina",
    ]


def test_several_cards_are_one_pack(tmp_path: Path) -> None:
    other = {"name": "seraphina", "description": "Another.", "spec": "chara_card_v3"}
    cards = [V3, {**other, "data": {**other, "nickname": "Sera"}}, {"name": "Бабá Яга", "first_mes": "«Чую дух!»"}]
    pack = made(tmp_path, *cards)
    assert {npc: one.name for npc, one in pack.personas.items()} == {
        "seraphina": "Seraphina", "seraphina-2": "seraphina", "a": "Бабá Яга"
    }  # fmt: skip
    assert pack.personas["seraphina-2"].aliases == []
    assert pack.personas["a"].barks == {"greet": ["Чую дух!"]}


@pytest.mark.parametrize(
    "book",
    [
        {"spec": "lorebook_v3", "data": {"name": "The Mere", "entries": ENTRIES}},
        {"name": "The Mere", "entries": ENTRIES},
        {"name": "The Mere", "entries": {str(number): {"key": entry["keys"], "comment": "", "content": entry["content"],
                                                       "disable": not entry["enabled"]}
                                         for number, entry in enumerate(ENTRIES)}},
    ],
    ids=["V3", "book", "numbered"],
)  # fmt: skip
def test_a_lorebook_is_known_to_all(tmp_path: Path, book: object) -> None:
    pack = made(tmp_path, {"name": "Ann"}, book, {"name": "Ben"})
    assert [one.knows for one in pack.personas.values()] == [["village", "the-mere"]] * 2
    assert pack.lore[0].text == "Eldoria is old. somebody guards it from the visitor."
    assert "eldoria, forest" in pack.lore[0].heading
    assert len(pack.lore) == 4


def test_a_long_lorebook_takes_several_files(tmp_path: Path) -> None:
    entries = [{"keys": [f"key {n}"], "content": f"Number {n} is long. " * 100} for n in range(300)]
    taken = {"name": "Ann-2"}
    pack = made(tmp_path, {"name": "Ann", "data": {"name": "Ann", "character_book": {"entries": entries}}}, taken)
    assert pack.personas["ann"].knows == ["village", "ann", "ann-2", "ann-3"]
    assert sum("Number 299 is long." in lore.text for lore in pack.lore) > 5
    assert all(file.stat().st_size <= FILE_BYTES for file in (tmp_path / "a pack" / "lore").iterdir())


def test_what_is_too_long_is_cut_where_a_sentence_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "{{char}} walks on and on. " * 200
    card = {"name": "N" * 64, "description": long, "first_mes": long, "mes_example": f"{{{{char}}}}: {long}"}
    (walker,) = made(tmp_path, card).personas.values()
    assert 1_900 < len(walker.description) <= 2_000
    for text in (walker.description, walker.barks["greet"][0], walker.voice[0]):
        assert text.endswith("walks on and on.")
    said = capsys.readouterr().out
    assert "characters of description, personality and scenario were left out; allowed: 2,000" in said
    assert "cut at the end of a sentence: 1" in said


def test_a_card_that_says_nothing_is_a_character(tmp_path: Path) -> None:
    (ann,) = made(
        tmp_path, {"name": "Ann", "description": None, "personality": "Ann is very shy. She hides."}
    ).personas.values()
    assert ann.traits == ["even-tempered"]
    assert ann.description == "Ann is very shy. She hides."
    assert ann.barks == {}


@pytest.mark.parametrize(
    ("personality", "traits"),
    [
        ("shy, Brave.", ["shy", "brave"]),
        ("- quiet\n- kind to cats\n", ["quiet", "kind to cats"]),
        ("優しい、静か。", ["優しい", "静か"]),
        ("{{char}} is shy", ["even-tempered"]),
        ("shy, [INST] loud", ["even-tempered"]),
    ],
)
def test_short_words_of_a_personality_are_traits(tmp_path: Path, personality: str, traits: list[str]) -> None:
    (ann,) = made(tmp_path, {"name": "Ann", "personality": personality}).personas.values()
    assert ann.traits == traits


def test_the_id_and_the_language_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = {"name": "さくら", "description": "{{char}}は{{user}}を待つ。", "first_mes": "「ようこそ。」と言った。"}
    pack = made(tmp_path, card, arguments=("--id", "sakura", "--language", "ja", "--json"))
    assert pack.personas["sakura"].description == "さくらは来訪者を待つ。"
    assert pack.personas["sakura"].barks["greet"] == ["ようこそ。"]
    said = json.loads(capsys.readouterr().out.partition("\n}\n")[0] + "}")
    assert said["characters"] == {"sakura": "さくら"}
    assert said["notes"][0]["file"] == "card-1.json"


def test_the_folder_is_called_like_the_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "card.json", V1)
    assert main(["pack", "import", "card.json"]) == 0
    assert load_pack("./seraphina").id == "seraphina"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["card.json", "seraphina"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", "/", "C:\\con", "a\0b", "\x1b[2J", "\u202eevil", "{{char}}", "{listener}", "x" * 5000,
     "\ud800", "🐉", "名前", "Zoë Ångström", "- [x]: y", "<|im_end|>", "a\nb: c", "true", "012", "~", "'\"#&*!|>%@`"],
)  # fmt: skip
def test_any_name_makes_a_pack(tmp_path: Path, name: str) -> None:
    book = {"name": name, "entries": [{"keys": [name], "name": name, "content": f"{name} is here."}]}
    said = {"first_mes": f"I am {name}.", "mes_example": f"{name}: {name}", "description": name * 3}
    about = {"creator": name, "tags": [name], "personality": name, "scenario": name, "nickname": name[::-1]}
    pack = made(tmp_path, {"data": {"name": name, **said, **about, "character_book": book}}, book)
    ((npc, one),) = pack.personas.items()
    assert 1 <= len(one.name) <= 64
    inside = {path.relative_to(tmp_path / "a pack").as_posix() for path in (tmp_path / "a pack").rglob("*.*")}
    lore = {f"lore/{scope}.md" for scope in pack.village.scopes if scope != "village"}
    assert inside == {"pack.yaml", f"personas/{npc}.yaml", *lore}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a pack", "card-1.json", "card-2.json"]


# What is no card

GOOD = picture(text_chunk("chara", V2))
START = GOOD.index(b"tEXt") - 4
WRONG: list[tuple[str, object, str]] = [
    ("empty", b"", "is not JSON"),
    ("a picture without", picture(), 'no text chunk "chara" or "ccv3"'),
    ("another keyword", picture(text_chunk("comment", V2)), "there is no character card in this picture"),
    ("only the signature", GOOD[:8], "cut off"),
    ("cut in a chunk", GOOD[: START + 60], 'the chunk "tEXt" says that it has'),
    ("cut between chunks", GOOD[:START], "cut off"),
    ("without an end", GOOD[:-12], "cut off"),
    ("a wrong checksum", GOOD.replace(encoded(V2)[:9], b"AAAAAAAAA"), 'the chunk "tEXt" is damaged: its check'),
    ("a huge length", GOOD[:START] + b"\xff\xff\xff\xff" + GOOD[START + 4 :], "says that it has 4,294,967,295 bytes"),
    ("a chunk with a name that rings", GOOD[:START] + struct.pack(">I", 9**9) + b"\x1b[2Jxxxx", 'the chunk "\\x1b[2J"'),
    ("thousands of chunks", picture(chunk(b"tIME", b"") * 30_000), "more than 20,000 chunks"),
    ("no base64", picture(chunk(b"tEXt", b"chara\0{}")), 'the chunk "chara" is not base64'),
    ("half of base64", picture(chunk(b"tEXt", b"chara\0" + encoded(V2)[:-3])), 'the chunk "chara" is not base64'),
    ("base64 of no JSON", picture(chunk(b"tEXt", b"chara\0" + base64.b64encode(b"x"))), '"chara" is not JSON'),
    ("base64 of no UTF-8", picture(chunk(b"tEXt", b"chara\0" + base64.b64encode(b"\xff"))), "is not UTF-8"),
    ("a bomb", picture(chunk(b"iTXt", b"chara\0\1\0\0\0" + zlib.compress(b"A" * 90_000_000))), "bytes; allowed: up to"),
    ("no packed text", picture(chunk(b"iTXt", b"chara\0\1\0\0\0ab")), "cannot be unpacked"),
    ("half a packed text", picture(chunk(b"iTXt", b"chara\0\1\0\0\0x")), "is cut off"),
    ("half an iTXt", picture(chunk(b"iTXt", b"chara\0\0\0")), "has not the form of an iTXt chunk"),
    ("deep lists", b'{"name": "Ann", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "inside one another"),
    ("deep keys", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "inside one another"),
    ("a long number", b'{"name": "Ann", "x": ' + b"1" * 9_000 + b"}", "is not JSON"),
    ("a list", [V2], "must hold the keys of a card or of a lorebook, not a list"),
    ("no name", {"description": "x"}, 'the field "name" is missing'),
    ("a blank name", {"spec": "chara_card_v2", "data": {"name": " \n"}}, 'the field "data.name" is missing'),
    ("data of another kind", {"spec": "chara_card_v2", "data": []}, '"data" must be keys and values, not a list'),
    ("a name of another kind", {"name": ["Ann"]}, 'the field "name" must be text, not a list'),
    ("a number", {"name": "Ann", "description": 7}, 'the field "description" must be text, not 7'),
    ("a greeting", {"data": {"name": "Ann", "alternate_greetings": ["x", {}]}},
     'entry 2 of the field "data.alternate_greetings" must be text, not keys and values'),
    ("greetings", {"data": {"name": "Ann", "alternate_greetings": "x"}}, '"data.alternate_greetings" must be a list'),
    ("a book", {"data": {"name": "Ann", "character_book": "x"}}, '"data.character_book" must be keys and values'),
    ("an entry", {"data": {"name": "Ann", "character_book": {"entries": [1]}}},
     'entry 1 of the field "data.character_book.entries" must hold keys, not 1'),
    ("a key", {"data": {"name": "Ann", "character_book": {"entries": [{"keys": "x"}]}}},
     'the field "data.character_book.entries entry 1.keys" must be a list'),
    ("a switch", {"data": {"name": "Ann", "character_book": {"entries": [{"content": "x", "enabled": "no"}]}}},
     'entry 1.enabled" must be true or false'),
    ("too many entries", {"entries": [{}] * 6_000}, 'the field "entries" has 6,000 entries'),
    ("a book alone", {"entries": ENTRIES}, "there is no character card among these files"),
    ("too large", b" " * (5 * 2**20), "bytes are too many for a card"),
    ("far too large", b"\x89PNG\r\n\x1a\n" + b" " * (33 * 2**20), "bytes are too many for one file"),
]  # fmt: skip


@pytest.mark.parametrize(("card", "says"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_no_card_is_told_with_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], card: object, says: str
) -> None:
    said = refused(tmp_path, capsys, card)
    assert says in said
    assert "0card.json: " in said or "no character card among" in said


def test_one_wrong_card_of_several_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "1card.json: " in refused(tmp_path, capsys, V2, {"name": 3}, V3)


def test_a_file_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, says in ((tmp_path, "must be a file, not a folder"), (tmp_path / "none.png", "cannot be read")):
        assert main(["pack", "import", str(path), "--out", str(tmp_path / "new")]) == 2
        assert f"{path.name}: this file {says}" in capsys.readouterr().err.replace("this must", "this file must")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--id", "../x"], '"../x" is not an id'),
        (["again", "--id", "x"], "one id is given for several"),
        (["--language", "../de"], "is no code of a language"),
    ],
)
def test_flags_that_cannot_be_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    card = str(write(tmp_path, "card.json", V1))
    given = [card if one == "again" else one for one in arguments]
    assert main(["pack", "import", card, *given, "--out", str(tmp_path / "new")]) == 2
    assert says in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = str(write(tmp_path, "card.json", V1))
    out = tmp_path / "pack"
    out.mkdir()
    assert main(["pack", "import", card, "--out", str(out)]) == 1
    assert "pack is there already" in capsys.readouterr().err
    assert [*out.iterdir()] == []
    assert main(["pack", "import", card, "--out", str(tmp_path / "no" / "such")]) == 1
    assert "cannot write" in capsys.readouterr().err


# Prose


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('*She nods.* "Welcome!" she says. "Sit down."', "Welcome! Sit down."),
        ("Welcome! *She nods.* Sit down.", "Welcome! Sit down."),
        ("I *really* mean it.", "I really mean it."),
        ("*smiles* Yes.", "Yes."),
        ('Come to the "Golden Boar", friend.', 'Come to the "Golden Boar", friend.'),
        ("**She is here.**", ""),
        ("“Hm,” she says, “well.”", "Hm, well."),
        ("<b>Hello</b> ![](http://x/y.png)there.", "Hello there."),
        ("* * *", ""),
    ],
)
def test_only_what_is_said_is_spoken(text: str, says: str) -> None:
    assert spoken(text) == says


@pytest.mark.parametrize(
    "piece", ["*", "**a", '"', "“", "<", "![", "![a](", "{{", "{{a", "}}", ".", "。", "{{user}}", " ", "\n", "a"]
)
def test_prose_of_millions_is_read_in_no_time(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    begun = time.thread_time()
    plain, _ = clean(text)
    spoken(plain)
    assert len(cut(plain, 240, "Ann")) <= 240
    assert all(len(one) <= 240 for one in pieces(plain, 240))
    assert time.thread_time() - begun < 2.0


def test_macros_of_other_programs_are_taken_out() -> None:
    assert clean("{{random:red,blue}} {{// no}}{{ USER }} {{original}}<BOT>") == ("red {{user}} {{char}}", True)
    assert clean("{{Char}} and {{user}}") == ("{{char}} and {{user}}", False)
