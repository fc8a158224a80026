"""A small pack that is right, and packs that strangers might send instead."""

from __future__ import annotations

from pack_files import Entry, Fifo, Folder, Link, Sparse, Tree

VILLAGE = """\
format: 2
name: Here
summary: Here is a small village.
places:
  - id: forge
    name: the forge
    looks: It is black.
    leads_to: [well]
    items: [hammer]
  - id: well
    name: the well
items:
  hammer: a hammer
scopes:
  village: everyone here
language: en
allows: [machines]
adapter: all.gguf
"""
ADA = """\
id: ada
name: Ada
role: smith
home: Here
place: forge
aliases: [the smith]
looks: A tall woman.
description: '{{char}} talks to {{user}} and to nobody else.'
traits: [blunt, kind]
mood: calm
feeling: warm
wants: [You want rest.]
facts:
  - You own a hammer.
  - fact: You own two.
  - price: You sell nails for a penny.
  - need: You need coal.
  - view: You think Bo is lazy.
  - told: Bo told you that it rains.
voice: [Well met.]
sampling:
  temperature: 0.5
  min_p: 0.05
  dry: 0.5
  sampler: min-p
adapter: ada.gguf
knows: [village]
relations:
  bo:
    feeling: warm
    why: Bo helped you.
secrets:
  - fact: You lost the key.
    reveal_to: devoted
    reveal:
      feeling: warm
      affinity: 0.5
      trust: 0.5
      fear: 0.5
      respect: 0.5
      fact: bell.rung
      item: hammer
      told: the bell was rung
      flag: bell.rung
barks:
  greet: [Good day.]
"""
BO = "name: Bo\nrole: miller\ntraits: [lazy]\n"
VALID: dict[str, Entry] = {
    "pack.yaml": VILLAGE,
    "personas/ada.yaml": ADA,
    "personas/bo.yaml": BO,
    "barks.yaml": "greet:\n  any: ['Hello, {listener}.']\n  calm: [Hm.]\nany:\n  any: [Well.]\n",
    "lore/village.md": "# The well\n\nThe well is deep.\n\n- Nobody drinks from it.\n",
}

SECRET = "swordfish"
OUTSIDE: Tree = {"outside.yaml": f"{SECRET}\n", "outside/eve.yaml": BO, "outside/village.md": f"{SECRET}\n"}
"""Files beside the packs' folders, which no pack may read: their text is in no answer."""

HUGE = 3_000_000
DIGITS = 5_000
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

VALUES = (
    *("", "~", "true", "-1", "0", "1e400", ".nan", "-.inf", "0b101", "0o17", "1_000"),
    *("1" * DIGITS, "0x" + "f" * DIGITS, "1:59:59", "59:" * 900 + "59", "190:20:30.15"),
    *("2024-01-01", "2024-13-01", "2024-02-30T25:61:61Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    *('"\\uD800"', '"\\uDFFF\\uD800"', '"\\0"', '"\\U0010FFFF"', '"\\U00110000"', '"\\x85\\u2028"', '"\\e[2J\\a\\b"'),
    *(
        '"\\u202egnal\\u2066"',
        "\u202egnal",
        "\ufeff",
        "e" + "\u0301" * 200,
        "\U0001f468\u200d\U0001f467",
    ),
    *("'", '"', "|", ">", "|9", "[", "{", "]", "}", "-", "---", "...", "? ", ": ", "%", "@", "`", "\t", "a: b: c"),
    *("[" * 40 + "]" * 40, "[" * 400, "{a: " * 40 + "}" * 40, "- " * 300 + "a", "[[a]]", "{a: b}", "[{a: b}]"),
    *("{? [a]: b}", "{[a]: b}", "{{a: b}: c}", "{1: 2}", "{~: ~}", "{.nan: .nan}", "{a: 1, a: 2}", "{2024-01-01: b}"),
    *("&a [*a]", "&a {k: *a}", "*nobody", "{<<: [1]}", "{<<: 1}", "{<<: &x {<<: *x}}", "{<<: {a: b}}", "{=: b}"),
    *("!!python/object/apply:os.system [id]", "!!python/name:os.system", "!x y", "!<x> y", "!!binary aGVsbG8="),
    *("!!binary '!'", "!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]", "!!timestamp x", "!!int x", "!!int ''"),
    *("!!float x", "!!bool x", "!!null x", "!!str [a]", "!!map [a]", "!!seq {a: b}", "!!seq a", "!!set [a]"),
    *("x", "x" * 241, "é" * 241, "x" * 9000, "{}", "[]", "{listener.__class__}", "{0}", "'{listener!r:>9999999}'"),
    *("../../etc/passwd", "npc:ada", "<|im_end|>", "'(happy) Hm.'", "nobody", "[nobody]", "[ada, ada]", "forge"),
    *("[price: You sell ale.]", "[prise: You sell ale.]", "[{price: a, need: b}]", "[price: [You]]", "[price: , told]"),
    *("'{{char}}'", "[Bo, BO]", "'{{user}} {{ CHAR }} {{random:a}}'", "'{{char}}{{'", "[brvae, keeps every promise]"),
    *("[{}]", "{price: You sell ale.}", "[~: You sell ale.]", "1", "2", "3", "2.0", "'2'", "[2]"),
)
"""What may stand behind the colon of any key: the wrong type for most of them, in YAML."""

PIECES = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe9", b"\x7f", b"\x1b", b"\x85"),
    *(b"\r", b"\n", b"\t", b"  ", b"\xe2\x80\xa8", b"&a ", b"*a ", b"!!", b"<<: ", b"? ", b"- ", b": ", b"|\n", b"#"),
    *(b"%YAML 9.9\n", b"%TAG ! x\n", b"--- ", b"\n...\n", b"'", b'"', b"{", b"}", b"[", b"]", b"<!--", b"-->", b"\\"),
)
"""Bytes that mean something to a reader of YAML, of Markdown or of UTF-8."""

NAMES = (
    *("personas/caf\udce9.yaml", "lore/caf\udce9.md", "\udcff.yaml", "personas/\u202elmay.yaml", "personas/a\nb.yaml"),
    *("personas/\x1b[2J.yaml", "personas/ .yaml", "personas/-rf.yaml", "personas/ADA.yaml", "personas/.yaml"),
    *("personas/ada.yaml.yaml", "personas/ada.yml", "personas/npc:x.yaml", "personas/{listener}.yaml", "lore/x.md"),
    *("personas/\U0001f409.yaml", "personas/deep/er.yaml", f"personas/{'a' * 250}.yaml", f"personas/{'a' * 64}.yaml"),
    *("personas/ünï.yaml", "personas/cy.yaml", "lore/village.txt", "lore/\n.md", "extra.yaml", "barks.yml"),
)
SPECIAL: tuple[Entry, ...] = (
    *(Folder(), Fifo(), b"", "\n", "# only a comment\n", Link("../outside.yaml"), Link("../../outside.yaml")),
    *(Link("."), Link("ada.yaml"), Link("nowhere"), Link("/dev/null"), Link("/etc/passwd")),
)


def changed(**files: Entry) -> Tree:
    """The pack that is right, with other files for `pack`, `bo`, `barks` or `lore`."""
    paths = {
        "pack": "pack.yaml",
        "bo": "personas/bo.yaml",
        "barks": "barks.yaml",
        "lore": "lore/village.md",
    }
    return {**VALID, **{paths[name]: entry for name, entry in files.items()}}


def instead(folder: str, entry: Entry) -> Tree:
    """The pack that is right, with something else in the place of a folder."""
    return {**{name: file for name, file in VALID.items() if not name.startswith(f"{folder}/")}, folder: entry}


def personas(count: int) -> Tree:
    """A pack of very many characters."""
    return {"pack.yaml": VILLAGE, **{f"personas/p{number}.yaml": BO for number in range(count)}}


READ_NOTHING_OUTSIDE: dict[str, Tree] = {
    "a character is a link to a file outside": changed(bo=Link("../../outside.yaml")),
    "a character is a link to one outside": {**VALID, "personas/eve.yaml": Link("../../outside/eve.yaml")},
    "all characters are in a folder outside": instead("personas", Link("../outside")),
    "lore is a link to a file outside": changed(lore=Link("../../outside.yaml")),
    "the folder of lore is outside": instead("lore", Link("../outside")),
    "barks are a link to a file outside": changed(barks=Link("../outside.yaml")),
    "the village is a link to a file outside": changed(pack=Link("../outside.yaml")),
    "a character is this user's passwords": changed(bo=Link("/etc/passwd")),
    "a character is a device without an end": changed(bo=Link("/dev/zero")),
}
"""All of them are refused, and no answer has a word of what stands there."""

HOSTILE: dict[str, Tree] = {
    "nothing is wrong": VALID,
    "aliases of aliases in the village": changed(pack=BOMB),
    "aliases of aliases as a name": changed(bo=BOMB + BO.replace("Bo", "*i")),
    "aliases of aliases as facts": changed(bo=BOMB + f"{BO}facts: *i\n"),
    "aliases of aliases as a mood": changed(bo=BOMB + f"{BO}mood: *i\n"),
    "aliases of aliases as a trait": changed(bo=BOMB + BO.replace("lazy", "*i")),
    "aliases of aliases as a key": changed(bo=f"{BOMB}{BO}? *i\n: x\n"),
    "aliases of aliases as feelings": changed(bo=BOMB + f"{BO}relations: {{ada: {{feeling: *i}}}}\n"),
    "aliases of aliases in barks": changed(barks=BOMB),
    "merges of merges": changed(bo=MERGES),
    "a named pipe among the characters": changed(bo=Fifo()),
    "a named pipe as lore": changed(lore=Fifo()),
    "a named pipe as the village": changed(pack=Fifo()),
    "a folder that is called like a character": changed(bo=Folder()),
    "a folder that is called like the village": changed(pack=Folder()),
    "a link to itself": changed(bo=Link("bo.yaml")),
    "a folder that is in itself": instead("personas", Link(".")),
    "a name of three million letters": changed(bo=BO.replace("Bo", "x" * HUGE)),
    "a trait of three million letters": changed(bo=BO.replace("lazy", "x" * HUGE)),
    "a key of a million letters": changed(bo=f"{BO}? {'x' * (HUGE // 3)}\n: y\n"),
    "a file of eight gigabytes": changed(bo=Sparse(8 * 2**30)),
    "lore of eight gigabytes": changed(lore=Sparse(8 * 2**30)),
    "a thousand brackets": changed(bo="[" * 1000 + "]" * 1000),
    "a hundred thousand brackets": changed(bo="[" * 100_000),
    "a thousand braces": changed(pack="{a: " * 1000 + "}" * 1000),
    "five thousand levels of lists": changed(bo="- " * 5000 + "a\n"),
    "a hundred thousand facts": changed(bo=BO + "facts:\n" + "- You have one.\n" * 100_000),
    "a fact of a kind of a million letters": changed(bo=f"{BO}facts:\n- {'x' * (HUGE // 3)}: y\n"),
    "a fact of twenty thousand kinds": changed(
        bo=f"{BO}facts:\n- {{{', '.join(f'k{n}: v' for n in range(20_000))}}}\n"
    ),
    "aliases of aliases as a price": changed(bo=BOMB + f"{BO}facts: [price: *i]\n"),
    "a fact that is its own price": changed(bo=f"{BO}facts: [&a {{price: *a}}]\n"),
    "two hundred facts of no kind": changed(bo=f"{BO}facts:\n" + "- prise: You have one.\n" * 200),
    "fifty thousand letters of a name": changed(
        bo=f"{BO.replace('Bo', 'x' * 64)}voice: ['{'{{char}}' * 500}']\ndescription: '{'{{char}}' * 250}'\n"
    ),
    "forty thousand aliases of a text of names": changed(
        bo=f"{BO}x: &x '{'{{char}}' * 500}'\ny: [{', '.join(['*x'] * 40_000)}]\n"
    ),
    "somebody is called as another is": changed(bo=f"{BO}aliases: [Ada]\n"),
    "a pack of the old form": changed(pack=VILLAGE.replace("format: 2\n", "")),
    "a pack of a form to come": changed(pack=VILLAGE.replace("format: 2", "format: 3")),
    "a hundred thousand wrong facts": changed(bo=BO + "facts:\n" + "- 7\n" * 100_000),
    "a hundred thousand places": changed(
        pack="format: 2\nname: H\nsummary: It is large.\nplaces:\n"
        + "".join(f"- {{id: p{number}, name: p}}\n" for number in range(100_000))
    ),
    "a hundred thousand unknown keys": changed(bo=BO + "".join(f"k{number}: v\n" for number in range(100_000))),
    "a hundred thousand paragraphs": changed(lore="It is so.\n\n" * 100_000),
    "a million unclosed comments": changed(lore="<!--" * 1_000_000),
    "three thousand characters": personas(3000),
    "three thousand empty characters": {**VALID, **{f"personas/p{number}.yaml": b"" for number in range(3000)}},
    "three thousand files that nobody reads": {**VALID, **{f"x{number}.yaml": b"x" for number in range(3000)}},
    "UTF-16": changed(bo=BO.encode("utf-16")),
    "Latin-1": changed(bo=BO.replace("Bo", "Bé").encode("latin-1")),
    "a byte order mark": changed(bo=b"\xef\xbb\xbf" + BO.encode()),
    "NULs": changed(bo=b"name: \0\n"),
    "half of a pair as a key": changed(bo=f'{BO}"\\uD800": x\n'),
    "half of a pair as an id": changed(pack=VILLAGE.replace("  hammer:", '  "\\uD800":')),
    "keys that cannot be keys": changed(bo="? {a: [b]}\n: c\n? [x, y]\n: z\n"),
    "two documents": changed(bo=f"{BO}---\n{BO}"),
    "a file name that is not UTF-8": {**VALID, "personas/caf\udce9.yaml": BO},
    "a stray file whose name is not UTF-8": {**VALID, "caf\udce9.yaml": BO},
    "names with control characters": changed(bo=BO.replace("Bo", '"\\e[2J\\u202e\\u2066\\a"')),
}
"""Each is answered: with the world, or with what is wrong."""


def described(tree: Tree) -> str:
    """What is not as in the pack that is right, for a failure's message: of its files, the lines that are other."""
    wrong = [f"{name!r}: {_other(name, entry)}" for name, entry in tree.items() if VALID.get(name) != entry]
    gone = [f"{name!r}: left out" for name in VALID if name not in tree]
    return "; ".join([*wrong[:6], *gone]) + (f"; and {len(wrong) - 6} more" if len(wrong) > 6 else "")


def _other(name: str, entry: Entry) -> str:
    right = VALID.get(name)
    if not isinstance(entry, (str, bytes)) or not isinstance(right, str):
        return f"{entry!r:.300}"
    lines = (entry if isinstance(entry, bytes) else entry.encode("utf-8", "surrogatepass")).splitlines()
    others = [line for line in lines if line not in right.encode().splitlines()]
    return f"{others!r:.300}" if others else f"{len(lines)} lines of {len(right.splitlines())}, in another order"
