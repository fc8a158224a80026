"""The screen of `npc-runtime top`: a picture of figures, for a terminal of 80 columns and 24 lines, or a larger one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from npc_runtime.cli.top_figures import Figures, Waits
from npc_runtime.wire import messages as m

MIB, GIB = 1 << 20, 1 << 30
LABEL, BAR, LINE = 10, 16, 24  # columns
LEVELS = " ▁▂▃▄▅▆▇█"
GOOD_SECONDS, BELIEVED_SECONDS = 1.0, 4.0
"""Until the first word: a second is good, and after four people stop believing in whom they speak to."""


def picture(figures: Figures) -> RenderableType:
    """All that is shown."""
    report = figures.report
    return Group(
        _title(figures),
        *_trouble(report),
        Text(),
        _rates(figures),
        Text(),
        _queues(figures),
        Text(),
        _places(figures),
    )


def _title(figures: Figures) -> RenderableType:
    report = figures.report
    title = Table.grid(expand=True, padding=(0, 1))
    title.add_column(no_wrap=True, overflow="ellipsis")
    title.add_column(no_wrap=True, justify="right")
    counted = f"{_counted(report.sessions, 'session')} · {_counted(report.worlds, 'world')}"
    name = Text(f"NPC Runtime {report.version}", style="bold")
    title.add_row(
        name.append(f"  {plain(report.model) or 'no model'}", style="bold cyan"),
        Text(f"{counted} · up {_lasted(report.uptime)}", style="dim"),
    )
    where = Table.grid()
    where.add_column(no_wrap=True, overflow="ellipsis")
    for line in filter(None, (report.gpu, figures.books.plan)):
        where.add_row(Text(plain(line), style="dim"))
    return Group(title, where)


def _trouble(report: m.HealthReport) -> Iterator[RenderableType]:
    """What is wrong, in a line each."""
    budget = report.budget
    told = {
        "characters speak fallback lines only": report.reason,
        "memories are not kept": report.memory,
        f"the model is held back ({budget.level}, {budget.duty:.0%} of the time)": budget.why,
    }
    for what, why in told.items():
        if why:
            yield Text(f"{what}: {plain(why)}", style="bold red", no_wrap=True, overflow="ellipsis")


def _rates(figures: Figures) -> RenderableType:
    report, books, rates = figures.report, figures.books, _rows("right", "left")
    prompts = books.prompt_tokens + books.reused_tokens
    reused = f", {books.reused_tokens / prompts:.0%} reused" if prompts else ""
    rates.add_row(
        "written",
        Text(f"{figures.tokens:,.1f} tokens/s", style="bold"),
        Text(_curve(figures.written), style="cyan"),
        f"{report.tokens:,} in all",
    )
    rates.add_row(
        "read",
        f"{figures.prompt_tokens:,.1f} tokens/s",
        Text(_curve(figures.read), style="cyan"),
        f"{books.prompt_tokens:,} in all{reused}",
    )
    if figures.decode_share is not None:
        share = f"{figures.decode_share:.0%} of them inside the model"
    else:
        share = "a long one is under way" if report.speaking else "idle"
    rates.add_row("computed", f"{figures.steps:,.1f} steps/s", share)
    return rates


def _queues(figures: Figures) -> RenderableType:
    table = _rows("right", "right", "right", "right")
    when = "last minute" if figures.lately else "since the start"
    table.add_row("", "speaking", "waiting", "first word p50", "p95", f"replies, {when}", style="dim")
    for queue in figures.books.queues:
        waits = figures.first_words[queue.priority]
        table.add_row(
            queue.priority,
            Text(_number(queue.speaking), style="bold green"),
            Text(_number(queue.waiting), style="bold yellow"),
            _waited(waits, waits.half),
            _waited(waits, waits.most),
            _number(waits.replies),
        )
    return table


def _places(figures: Figures) -> RenderableType:
    """Who speaks, and where lies what was computed of the others."""
    rows, books = _rows(), figures.books
    rows.add_row("speaks", Text(_speakers(books.speakers), style="green"))
    if books.tiers is not None:
        rows.add_row("slots", _slots(books.tiers.slots))
        rows.add_row("RAM", _parked(books.tiers.ram))
        rows.add_row("disk", _parked(books.tiers.disk))
    for card in books.vram:
        used = card.total - card.free
        told = f"  {used / GIB:.1f} of {card.total / GIB:.1f} GiB used; {plain(card.name)}"
        rows.add_row("VRAM", _bar((used / max(1, card.total), "magenta")).append(told))
    by = figures.report.replies
    rows.add_row("replies", f"{by.model:,} by the model, {by.bark:,} barks, {by.fallback:,} fallback lines")
    return rows


def _slots(slots: m.SlotCounts) -> Text:
    count = max(1, slots.speaking + slots.resting + slots.empty)
    bar = _bar((slots.speaking / count, "green"), (slots.resting / count, "cyan"))
    states = f"{slots.speaking} speaking, {slots.resting} resting, {slots.empty} empty"
    return bar.append(f"  {states}; {slots.tokens:,} of {slots.room:,} tokens")


def _parked(tier: m.TierCounts) -> Text:
    told = f"  {_counted(tier.characters, 'character')}, {tier.bytes / MIB:,.0f} of {tier.limit / MIB:,.0f} MiB"
    back = f"; {tier.resumed:,} came back" if tier.resumed else ""
    return _bar((tier.bytes / max(1, tier.limit), "cyan")).append(told + back)


def _rows(*sides: JustifyMethod) -> Table:
    """A table without lines, with labels at its left; its last column has the rest of the width."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="dim", min_width=LABEL)
    for side in sides:
        table.add_column(justify=side, no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    return table


def _speakers(speakers: Sequence[m.Speaker]) -> str:
    """`mira, tom in village · bren in save-2`."""
    by_world = groupby(sorted(speakers, key=lambda one: one.world), key=lambda one: one.world)
    names = ((world, ", ".join(one.npc.removeprefix("npc:") for one in here)) for world, here in by_world)
    return plain(" · ".join(f"{several} in {world}" for world, several in names)) or "nobody"


def _waited(waits: Waits, seconds: float | None) -> Text:
    if seconds is None:
        return Text("·", style="dim")
    style = "green" if seconds <= GOOD_SECONDS else "yellow" if seconds <= BELIEVED_SECONDS else "red"
    return Text(f"{seconds:.2f} s", style=style)


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _bar(*shares: tuple[float, str]) -> Text:
    """A bar with a part for each share, of that colour."""
    bar = Text()
    for share, style in shares:
        bar.append("█" * min(BAR - len(bar), round(share * BAR) or int(share > 0)), style=style)
    return bar.append("░" * (BAR - len(bar)), style="dim")


def _curve(rates: Sequence[float]) -> str:
    """The latest rates beside the largest of them."""
    shown, most = rates[-LINE:], max(rates, default=0.0)
    levels = (LEVELS[round(rate / most * (len(LEVELS) - 1))] if most > 0 else LEVELS[0] for rate in shown)
    return "".join(levels).rjust(LINE)


def _lasted(seconds: float) -> str:
    minutes, hours, days = int(seconds) // 60, int(seconds) // 3600, int(seconds) // 86400
    if days:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {int(seconds) % 60} s" if minutes else f"{int(seconds)} s"


def plain(text: str) -> str:
    """A text that can do nothing to a terminal: names come from games, and models from files."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
