"""The books of whoever writes: what is under way, what was done since the start, and where what was computed lies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from npc_runtime.engine.request import Priority


@dataclass(frozen=True)
class Speaker:
    """Whose text is being written: `owner` as in its request, empty where it is nobody's."""

    owner: str
    priority: Priority


@dataclass(frozen=True)
class SlotStats:
    """What the slots hold now."""

    speaking: int = 0
    resting: int = 0  # nobody speaks there, and what was computed of somebody is still held
    empty: int = 0
    tokens: int = 0  # held by all of them
    room: int = 0  # tokens that there is room for


@dataclass
class Tier:
    """A place for parked states: how many there are, their bytes, and the most of those."""

    states: int = 0
    bytes: int = 0
    limit: int = 0
    resumed: int = 0  # how often one was used again

    def put(self, size: int) -> None:
        """A state of so many bytes is there."""
        self.states += 1
        self.bytes += size

    def take(self, size: int) -> None:
        """It is no longer."""
        self.states -= 1
        self.bytes -= size


@dataclass
class ParkingStats:
    """What is parked, and what became of it since the start."""

    ram: Tier = field(default_factory=Tier)
    disk: Tier = field(default_factory=Tier)
    parked: int = 0  # how many were brought
    given_up: int = 0

    def copy(self) -> ParkingStats:
        """As it stands."""
        return replace(self, ram=replace(self.ram), disk=replace(self.disk))


@dataclass
class EngineStats:
    """The books of an engine, counted since the start. Times are seconds."""

    speakers: tuple[Speaker, ...] = ()  # in slots
    queue: tuple[Priority, ...] = ()  # of those who wait
    requests: int = 0  # taken so far
    ended: int = 0  # of these, how many got their end
    prefilled: int = 0  # prompt tokens computed
    reused: int = 0  # prompt tokens that were there already
    generated: int = 0
    steps: int = 0
    step_time: float = 0.0  # inside step()
    decode_time: float = 0.0  # of this, inside the model
    open_samplers: int = 0
    slots: SlotStats = field(default_factory=SlotStats)
    parking: ParkingStats = field(default_factory=ParkingStats)

    @property
    def speaking(self) -> int:
        """Sequences in slots."""
        return len(self.speakers)

    @property
    def waiting(self) -> int:
        """Requests without a slot."""
        return len(self.queue)

    @property
    def balanced(self) -> bool:
        """Whether everything that was taken has been given back; true whenever the engine is idle."""
        return not (self.speaking or self.waiting or self.open_samplers) and self.requests == self.ended
