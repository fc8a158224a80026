"""How much of the machine the model may take now, by what the game feels of it. Pure: readings in, measures out.

Steps down are taken at once, since a player sees every late frame; steps up slowly, and more slowly each time one was
too early. A game that is slow while the model rests is slow by itself, and nobody falls silent for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from npc_runtime.engine.request import Priority

MIB = 1 << 20
LATE, IN_TIME = 1.15, 1.05
"""Frame times over what is wanted: above the first it is too much, below the second all is well."""
VERY_LATE = 1.6
"""From here on two steps are taken at once."""
IDLE = 0.05
"""A share of time below which the model has not been what made a frame late."""
EASE_SECONDS, LONGEST_EASE_SECONDS = 8.0, 240.0
"""How long all must be well before a step up; twice as long after one that was too early."""
TOO_EARLY_SECONDS = 30.0
LOW_VRAM, WANTED_VRAM = 256 * MIB, 512 * MIB
"""Free memory of the card below which layers are moved back, and what there is to be then: where a card is full,
drivers move memory by themselves, which is ten times as slow."""
LOW_RAM = 512 * MIB
MOVE_SECONDS = 20.0
"""Between two moves: loading takes time, and so does a driver's count of what is free."""
GROW_SECONDS, LONGEST_GROW_SECONDS = 60.0, 960.0
GROW, LEAST_GROWTH = 1.25, 512 * MIB
"""So many times the room on the card, and so much more of it, make a reload worth it."""


@dataclass(frozen=True)
class Frame:
    """Milliseconds of a frame as a game reports them, and as it wants them; `at` is when."""

    ms: float
    target: float
    at: float


@dataclass(frozen=True)
class Limits:
    """What games allow, in bytes; `duty` is a share of time. None: nobody said."""

    duty: float = 1.0
    vram: int | None = None
    ram: int | None = None
    players_only: bool = False

    def __and__(self, other: Limits) -> Limits:
        """The stricter of both."""

        def least(one: int | None, another: int | None) -> int | None:
            return another if one is None else one if another is None else min(one, another)

        return Limits(
            min(self.duty, other.duty),
            least(self.vram, other.vram),
            least(self.ram, other.ram),
            self.players_only or other.players_only,
        )


@dataclass(frozen=True)
class Reading:
    """How things are. Sizes are bytes, `now` and times are on one clock in seconds."""

    now: float
    frame: Frame | None = None  # the worst that a game has reported lately
    busy: float = 0.0  # the share of the time since the last reading that the model has computed
    vram_free: int | None = None  # of the card that the model is on; None: it is on none, or nobody knows
    vram_taken: int = 0  # by the model, as it was planned
    partial: bool = False  # more of the model could be on the card, or it was made smaller in need
    reserve: int = 0  # of the card, for the game
    ram_free: int | None = None
    ram_taken: int = 0


LevelName = Literal["full", "eased", "slowed", "spared", "players"]


@dataclass(frozen=True)
class Level:
    """What is done about late frames. `writes`: whoever is less urgent speaks authored lines."""

    name: LevelName
    duty: float
    batch: int | None
    writes: Priority


LEVELS = (
    Level("full", 1.0, None, Priority.BACKGROUND),
    Level("eased", 0.7, 256, Priority.BACKGROUND),
    Level("slowed", 0.4, 128, Priority.BACKGROUND),
    Level("spared", 0.25, 64, Priority.ARGUMENT),
    Level("players", 0.15, 32, Priority.PLAYER),
)


@dataclass(frozen=True)
class Measures:
    """What is in force. `move`: the model is to be loaded again now, in `vram` bytes, or None: in what is free."""

    level: LevelName = "full"
    duty: float = 1.0
    batch: int | None = None
    writes: Priority = Priority.BACKGROUND
    parked: int | None = None  # bytes of RAM for idle characters; None: what the settings say
    move: bool = False
    vram: int | None = None
    why: str = ""  # empty: nothing is held back

    def refuses(self, priority: Priority) -> str:
        """Why a line of this urgency is not written by the model; empty: it is."""
        return f"the model is spared: {self.why}" if priority > self.writes else ""


@dataclass
class _Patience:
    """How long to wait before the next step up, after steps up that were too early."""

    least: float
    most: float
    wait: float = field(init=False)
    well_since: float | None = None
    stepped: float | None = None  # when the last step up was taken

    def __post_init__(self) -> None:
        self.wait = self.least

    def double(self) -> None:
        """Waits twice as long from now on."""
        self.wait = min(2 * self.wait, self.most)

    def worse(self, now: float) -> None:
        """It was too much; the last step up was too early if it was not long ago."""
        if self.stepped is not None:
            if now - self.stepped < TOO_EARLY_SECONDS:
                self.double()
            else:
                self.wait = self.least
            self.stepped = None
        self.well_since = None

    def unsure(self) -> None:
        """Neither too much nor well."""
        self.well_since = None

    def better(self, now: float) -> bool:
        """All is well; whether it has been for long enough."""
        if self.well_since is None:
            self.well_since = now
        if now - self.well_since < self.wait:
            return False
        self.well_since = self.stepped = now
        return True


class Governor:
    """Judges one reading after the other."""

    def __init__(self) -> None:
        self._level = 0
        self._frames = _Patience(EASE_SECONDS, LONGEST_EASE_SECONDS)
        self._growth = _Patience(GROW_SECONDS, LONGEST_GROW_SECONDS)
        self._memory = _Patience(EASE_SECONDS, EASE_SECONDS)
        self._judged: float | None = None  # the report that was judged last
        self._own: float | None = None  # milliseconds that the game's frames take while the model rests
        self._late = ""
        self._short = ""  # of RAM
        self._moved: float | None = None
        self._grown_from: int | None = None  # bytes
        self._partial = False

    def judge(self, reading: Reading, limits: Limits) -> Measures:
        """The measures from now on."""
        self._judge_frames(reading)
        self._judge_memory(reading, limits)
        level = LEVELS[self._level]
        writes = Priority.PLAYER if limits.players_only else level.writes
        found = Measures(level.name, min(level.duty, limits.duty), level.batch, writes)
        why = [self._late if self._level else "", self._short]
        if limits.duty < level.duty or writes < level.writes:
            why.append("a game has set limits")
        if self._short:
            found = replace(found, parked=0)
        return self._moving(reading, limits, replace(found, why="; ".join(filter(None, why))))

    def _judge_frames(self, reading: Reading) -> None:
        frame, now = reading.frame, reading.now
        if frame is not None and frame.at == self._judged:
            return
        strain = 0.0
        if frame is not None:
            self._judged = frame.at
            if reading.busy < IDLE:
                self._own = frame.ms if self._own is None else 0.7 * self._own + 0.3 * frame.ms
            strain = frame.ms / max(frame.target, self._own or 0.0)
        if frame is not None and strain > LATE:
            if reading.busy >= IDLE:
                self._frames.worse(now)
                self._level = min(self._level + (2 if strain > VERY_LATE else 1), len(LEVELS) - 1)
                self._late = f"frames of the game take {frame.ms:.0f} ms instead of {frame.target:.0f}"
        elif strain > IN_TIME:
            self._frames.unsure()
        elif self._frames.better(now):
            self._level = max(0, self._level - 1)

    def _judge_memory(self, reading: Reading, limits: Limits) -> None:
        low = reading.ram_free is not None and reading.ram_free < LOW_RAM
        over = limits.ram is not None and reading.ram_taken > limits.ram
        if low or over:
            self._memory.worse(reading.now)
            found = "this machine is short of memory" if low else "the memory that a game allows is used up"
            self._short = f"{found}, so idle characters wait on the disk"
        elif self._short and self._memory.better(reading.now):
            self._short = ""

    def _moving(self, reading: Reading, limits: Limits, found: Measures) -> Measures:
        """The measures, and with them a move of the model where one is due."""
        now, free, taken = reading.now, reading.vram_free, reading.vram_taken
        if reading.partial and not self._partial:
            self._growth.worse(now)  # it was made smaller, or is no larger than it was
        self._partial = reading.partial
        if self._moved is not None and now - self._moved < MOVE_SECONDS:
            return found
        room = None
        if taken and limits.vram is not None and taken > limits.vram:
            room, why = limits.vram, "a game allows the model less of the card"
        elif taken and free is not None and free < LOW_VRAM:
            room, why = max(0, taken - (WANTED_VRAM - free)), f"only {free // MIB} MiB of the card are free"
        if room is not None:
            self._growth.worse(now)
            self._moved = now
            return replace(found, move=True, vram=room, why="; ".join(filter(None, (found.why, why))))
        growth = self._room_to_grow(reading, limits)
        if growth == 0:
            self._growth.unsure()
        elif self._growth.better(now):
            if self._grown_from == taken:
                self._growth.double()  # it brought nothing the last time
            self._grown_from, self._moved = taken, now
            more = "; ".join(filter(None, (found.why, "there is more room for the model again")))
            return replace(found, move=True, vram=growth, why=more)
        return found

    def _room_to_grow(self, reading: Reading, limits: Limits) -> int | None:
        """Bytes of the card that are worth a reload, which costs nobody a word: while nobody speaks. 0: none are.

        None: what there is, since nobody can say how much that will be.
        """
        if not reading.partial or reading.busy >= IDLE or self._level:
            return 0
        if reading.vram_free is None:
            return None
        room = reading.vram_free + reading.vram_taken - max(reading.reserve, WANTED_VRAM)
        if limits.vram is not None:
            room = min(room, limits.vram)
        worth = room > max(GROW * reading.vram_taken, reading.vram_taken + LEAST_GROWTH)
        # What a model without a plan has taken is not known, and free once it is closed.
        return 0 if not worth else room if reading.vram_taken or limits.vram is not None else None
