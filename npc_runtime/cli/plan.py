"""`npc-runtime plan`: where a model's parts would lie on this machine or another, why, and what that gives."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from npc_runtime.engine.placement.search import Plan

SETTINGS = (
    *("model", "adapter", "cache_dir", "reserve", "n_gpu_layers", "slots", "slot_context"),
    *("kv_unified", "kv_type_k", "kv_type_v", "kv_place", "threads", "batch", "max_tokens", "parked_ram"),
)
NPCS = 24
_MIB = 1 << 20


def plan_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `plan`."""
    from npc_runtime.cli import flags

    parser.add_argument("--vram", metavar="SIZE", help="memory of the GPU, such as 8GB [what is free; 0 without one]")
    parser.add_argument("--ram", metavar="SIZE", help="RAM that may be used [most of what is free]")
    parser.add_argument("--npcs", type=int, default=NPCS, metavar="N", help=f"characters in the game [{NPCS}]")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    flags.add(parser, SETTINGS)


def plan(args: argparse.Namespace) -> int:
    """Prints the plan; the exit status is 1 where the wish does not fit."""
    from npc_runtime.cli import console, flags
    from npc_runtime.config import size
    from npc_runtime.engine.files.models import resolve
    from npc_runtime.engine.llama.library import build_info, default_threads
    from npc_runtime.engine.placement import planner
    from npc_runtime.engine.placement.advice import advice
    from npc_runtime.engine.placement.calibration import constants
    from npc_runtime.engine.placement.known import is_known
    from npc_runtime.engine.placement.machine import machine
    from npc_runtime.engine.placement.search import best
    from npc_runtime.errors import Invalid

    config = flags.config(args)
    if args.npcs < 1:
        raise Invalid(f"--npcs {args.npcs}: there is nobody to speak", hint="name 1 or more")
    known = is_known(config.model) and not Path(config.model).exists()
    of = planner.subject(config.model if known else resolve(config.model, config.cache_dir), planner.adapter_of(config))
    here = machine(
        reserve=size(config.reserve),
        threads=config.threads or default_threads(),
        vram=None if args.vram is None else size(args.vram),
        ram=None if args.ram is None else size(args.ram),
        offload=build_info().supports_gpu_offload,
    )
    wanted, kept = planner.wish(config, of, args.npcs), constants(config.cache_dir)
    found = best(of.shape, here, wanted, kept, planner.fixed(config))
    said = advice(of.shape, here, wanted, kept, planner.fixed(config), found)
    parked = found.footprint.ram.get("parked characters", 0) / _MIB if found else 0
    if parked > config.parked_ram:
        said.append(f"all who wait in RAM instead of some: --parked-ram {math.ceil(parked)}")
    if args.json:
        print(json.dumps({"fits": found is not None, **(as_json(found) if found else {}), "advice": said}, indent=2))
    else:
        _show(of.shape.name, found, said, console.console())
    return 0 if found else 1


def as_json(found: Plan) -> dict[str, Any]:
    """All that a plan says. Sizes are bytes, times seconds, rates tokens a second."""
    return {
        "model": found.shape.name,
        "quick": found.quick,
        "policy": asdict(found.policy) | {"n_ctx": found.policy.n_ctx, "streams": found.policy.streams},
        "offload": found.offload,
        "wish": asdict(found.wish),
        "machine": asdict(found.machine),
        "memory": {"gpu": found.footprint.gpu, "ram": found.footprint.ram},
        "gpu_bytes": found.footprint.vram,
        "ram_bytes": found.footprint.main,
        "parked": found.parked,
        "speed": asdict(found.speed),
        "constants": found.constants,
        "reasons": found.reasons,
    }


def _show(name: str, found: Plan | None, said: list[str], console: Any) -> None:
    from rich.markup import escape
    from rich.table import Table

    if found is None:
        console.print(f"[red]{escape(name)} does not fit[/] with what was asked for.")
    else:
        policy, speed, took = found.policy, found.speed, found.footprint
        kinds = dict.fromkeys((policy.kv_type_k, policy.kv_type_v))
        layout = "one buffer" if policy.unified else f"{policy.streams} streams"
        table = Table("choice", "value", "why", title=escape(name), title_justify="left")
        for key, value in {
            "layers": found.offload if policy.n_gpu_layers else "all on the CPU",
            "KV type": "/".join(kinds),
            "KV place": policy.kv_place.upper(),
            "KV layout": f"{layout} of {policy.cells} cells",
            "context": f"{policy.n_ctx} tokens",
            "batch": str(policy.batch),
            "parked": f"{found.parked} in RAM",
        }.items():
            if key in found.reasons:
                table.add_row(key, value, escape(found.reasons[key]))
        console.print(table)
        memory = Table("memory, MiB", "GPU", "RAM", title_justify="left")
        for part in dict.fromkeys((*took.gpu, *took.ram)):
            memory.add_row(part, *(f"{of[part] / _MIB:,.0f}" if part in of else "" for of in (took.gpu, took.ram)))
        memory.add_row("in all", f"{took.vram / _MIB:,.0f}", f"{took.main / _MIB:,.0f}", style="bold")
        memory.add_row("may be used", f"{found.machine.vram / _MIB:,.0f}", f"{found.machine.ram / _MIB:,.0f}")
        console.print(memory)
        console.print(
            f"Expected: {speed.decode:.1f} tokens/s for one, {speed.decode_all:.1f} for {policy.slots} at once; "
            f"prompts at {speed.prefill:,.0f} tokens/s; the first word after {speed.first_word:.2f} s (a new prompt of "
            f"{found.wish.prompt} tokens)."
        )
        console.print(f"Speeds come from {escape(found.constants)}.", style="dim")
        if not found.quick:
            console.print("[yellow]That is slow[/]: people wait four seconds for a first word, not longer.")
    if said:
        console.print("What would do:")
        for line in said:
            console.print(f"  - {escape(line)}", soft_wrap=True)
