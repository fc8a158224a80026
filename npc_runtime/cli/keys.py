"""`npc-runtime keys`: who may connect from another machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npc_runtime.errors import Invalid

if TYPE_CHECKING:
    from npc_runtime.config import Config


def keys_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `keys`."""
    from npc_runtime.cli import flags

    parser.add_argument(
        "what",
        nargs="?",
        choices=("list", "add", "remove"),
        default="list",
        help="list them, make one, or take it back",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="with add and remove: whose, such as zone-2")
    parser.add_argument("--world", metavar="ID", help="with add: the only world that the key is for")
    parser.add_argument("--out", type=Path, metavar="FILE", help="with add: the key file to write [NAME.key.json]")
    parser.add_argument("--json", action="store_true", help="print JSON: a list, or with add and remove one object")
    flags.add(parser, ("data_dir",))


def keys(args: argparse.Namespace) -> int:
    """Lists the keys, makes one, or takes it back."""
    from npc_runtime.cli import flags

    config = flags.config(args)
    if args.what == "list":
        return _list(args, config)
    if args.name is None:
        raise Invalid(f"no key is named to {args.what}", hint=f"say whose: npc-runtime keys {args.what} NAME")
    return _add(args, config) if args.what == "add" else _remove(args, config)


def _list(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.wire import keys

    found = keys.read(config.data_dir)
    clients = found.clients if found else {}
    if args.json:
        print(json.dumps([_shown(name, client.world, client.public) for name, client in clients.items()], indent=2))
        return 0
    for name, client in clients.items():
        world = f"world {client.world}" if client.world is not None else "every world"
        print(f"{name:<24} {client.public}  {world}")
    if not clients:
        print("No other machine has a key. To make one: npc-runtime keys add NAME")
    return 0


def _add(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.wire import keys

    file = args.out or Path(f"{args.name}.key.json")
    key = keys.add(config.data_dir, args.name, args.world, file)
    if args.json:
        print(json.dumps({**_shown(key.name, key.world, key.public), "file": str(file.absolute())}, indent=2))
        return 0
    print(f"{file} is the key of {key.name}. Carry it to that machine, show it to nobody else, and delete it here.")
    print("It opens a daemon that others can reach: npc-runtime serve --bind tcp://ADDRESS:5577")
    return 0


def _remove(args: argparse.Namespace, config: Config) -> int:
    from npc_runtime.wire import keys

    keys.remove(config.data_dir, args.name)
    if args.json:
        print(json.dumps({"name": args.name}, indent=2))
    else:
        print(f"The key of {args.name} opens nothing any more.")
    return 0


def _shown(name: str, world: str | None, public: str) -> dict[str, Any]:
    """What anybody may know of a key."""
    return {"name": name, "world": world, "public": public}
