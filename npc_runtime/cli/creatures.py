"""`npc-runtime creature`: creatures from the bestiary, as the files that a pack's characters are."""

from __future__ import annotations

import argparse
import json

from npc_runtime.errors import Invalid


def creature_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `creature`."""
    parser.add_argument("--biome", metavar="ID", help="where it lives, such as marsh [drawn]")
    parser.add_argument("--species", metavar="ID", help="such as goblin [drawn]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same creature [1]")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="so many, with seeds from N on [1]")
    parser.add_argument("--pack", metavar="PACK", help="have it know somebody of this village: a name or a folder")
    parser.add_argument("--json", action="store_true", help="print one JSON array instead of YAML")


def creature(args: argparse.Namespace) -> int:
    """Prints personas, which may be kept as files of a pack."""
    import yaml

    from npc_runtime.persona.creature import generate
    from npc_runtime.persona.model import Persona
    from npc_runtime.persona.pack import load_pack

    if args.count < 1:
        raise Invalid(f"--count {args.count} makes nothing", hint="a number from 1 on")
    villagers = list(load_pack(args.pack).personas.values()) if args.pack else []
    made: list[Persona] = []
    for seed in range(args.seed, args.seed + args.count):
        taken = [other.name for other in made]
        made.append(generate(args.biome, args.species, seed, taken_names=taken, inhabitants=villagers))
    found = [persona.model_dump(mode="json", exclude_defaults=True) | {"knows": []} for persona in made]
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(yaml.safe_dump_all(found, allow_unicode=True, sort_keys=False, width=120), end="")
    return 0
