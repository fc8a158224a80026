"""What to compute next. It returns chunks and nothing else; it knows no llama.cpp.

Prefills come first, because first words matter more than speed, and because a step costs nearly the same for one who
speaks as for all; but whoever speaks gets a token as often as people talk, or else between two pieces of a prompt, so
that nobody falls silent, and where players wait for first words, prefills and tokens take turns. What is computed at
once is of one length: llama.cpp cuts a batch into passes of as many tokens of each sequence, and what one has more than
another is a pass by itself.

A player goes first: while somebody answers a player and has not come to its first word, nobody else is computed, but
for a step every two seconds. So a player waits for the step that is under way; and that no such step is long, others'
prefills are cut up: into small pieces while players talk, and into larger ones, which are read faster, where none has
said anything for a while. Behind players the classes follow one another, whoever was passed over counts for more, and
within a class the world goes first that had least.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

from npc_runtime.engine.backend import Backend, Chunk
from npc_runtime.engine.request import Priority
from npc_runtime.engine.scheduling.ageing import standing
from npc_runtime.engine.scheduling.pace import UNLEARNED, Pace
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.scheduling.shares import Shares
from npc_runtime.engine.scheduling.slots import Slots, of
from npc_runtime.engine.sequence import Sequence

OPENING = 8  # tokens: the emotion and the first words
STEP_SECONDS = 0.05  # of a prefill at once, while players talk: what one of them waits for who says something
BACKGROUND_STEP_SECONDS = 0.25  # the same, where nobody at all waits for what is written
QUIET_STEP_SECONDS = 0.5  # the same, where players are silent: what the first to speak waits for
QUIET_SECONDS = 30.0  # without a line of a player, after which they are
SPEECH_SECONDS = 0.25  # between two tokens of whoever speaks, while prompts are read: as quick as people talk
HURRY_SECONDS = 2.0  # that players' first words may take in a row, before there is a step for others
ENDING = 1.5  # of a piece: the rest of a prompt is read at once up to that, since a small one takes as long as a whole
TURN_SECONDS = 0.25  # that one adapter is computed with, where others wait: changing it takes milliseconds
LEAST_BATCH = 32  # tokens of a decode, however little memory there is
SENT_BACK = 3  # times that somebody lost its slot, after which it keeps it

Batch = list[tuple[Sequence, Chunk]]


class Scheduler:
    """Sequences that wait, sequences that run, and the slots between them."""

    def __init__(self, backend: Backend, parking: Parking, clock: Callable[[], float] = time.monotonic) -> None:
        self._backend, self._parking = backend, parking
        self.waiting: list[Sequence] = []
        self.running: list[Sequence] = []
        self.batch_limit: int | None = None  # the most tokens that are wanted in one decode; None: that there may be
        self._shares = Shares()
        self._player_at = -math.inf  # when one said something, or came near somebody
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Begins anew with the backend as it is now, without touching it: all wait, and nothing is computed."""
        for sequence in self.running:
            sequence.slot, sequence.num_computed = None, 0
        self.waiting += self.running
        self.running.clear()
        self.slots = Slots(self._backend, self._parking)
        self._largest = self._backend.batch_limit  # tokens of the largest decode that there was memory for
        self._pace = Pace()
        self._prefilled_last = False  # in a hurry
        self._hurried_since: float | None = None  # since when nobody else was computed
        self._adapter = ""  # whose turn it is
        self._turns: dict[str, tuple[float, float]] = {}  # of each adapter, when the last one began and ended

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.waiting or self.running)

    @property
    def hurried(self) -> bool:
        """Whether a player waits for a first word."""
        return any(_hurried(each) for each in (*self.running, *self.waiting))

    @property
    def _batch_limit(self) -> int:
        """Everybody who speaks takes a token of a decode."""
        return max(min(self._largest, self.batch_limit or self._largest), self._backend.slots)

    def narrow(self) -> bool:
        """Halves the batches, since there was no memory for the last one. False: they are small already."""
        if self._batch_limit <= max(LEAST_BATCH, self._backend.slots):
            return False
        self._largest = self._batch_limit // 2
        return True

    def forget(self, owners: str) -> None:
        """Forgets what is held for all owners whose names begin so; of what is under way, at its end."""
        self.slots.forget(owners)
        for sequence in self.waiting:
            sequence.kept &= not of(sequence.request.owner, owners)

    def add(self, sequence: Sequence) -> None:
        """Takes a new sequence."""
        at_work = {each.world for each in (*self.running, *self.waiting)}
        if sequence.world not in at_work:
            self._shares.join(sequence.world, at_work)
        if _class(sequence) is Priority.PLAYER or sequence.request.prompt_only:
            self._player_at = self._clock()
        self.waiting.append(sequence)

    def remove(self, sequence: Sequence, *, failed: bool = False) -> None:
        """Takes out a sequence that ended. After a failed decode nothing of its slot is kept."""
        if sequence in self.running:
            self.running.remove(sequence)
            (self.slots.drop if failed else self.slots.release)(sequence)
        else:
            self.waiting.remove(sequence)

    def find(self, number: int) -> Sequence | None:
        """The sequence of a request."""
        return next((found for found in (*self.running, *self.waiting) if found.request.number == number), None)

    def schedule(self) -> Batch:
        """The next batch: prefills, or one step for everybody who speaks."""
        self._admit()
        hurried = self._hurry()
        patient = [each for each in self.running if not _hurried(each)]
        at_work = self._of_one_adapter(hurried or patient)
        prefills = sorted((each for each in at_work if each.prefilling), key=self._rank)
        speaking = sorted((each for each in at_work if not each.prefilling), key=lambda each: each.moved)
        unheard = all(each.request.priority is Priority.BACKGROUND for each in self.running)
        if not prefills or (speaking and not unheard and self._due(speaking, in_hurry=bool(hurried))):
            self._prefilled_last = False
            return self._tokens(speaking)
        self._prefilled_last = bool(hurried)
        return self._pieces(prefills, self._room(prefills[0], unheard=unheard))

    def _due(self, speaking: list[Sequence], *, in_hurry: bool) -> bool:
        """Whether those who speak get their next token before another piece of a prompt is read."""
        if in_hurry:
            return self._prefilled_last
        return self._clock() - min(each.moved for each in speaking) >= SPEECH_SECONDS

    def computed(self, batch: Batch, seconds: float) -> None:
        """A batch was computed, in so much time."""
        now = self._clock()
        if any(sequence.prefilling for sequence, _ in batch):
            self._pace.learn(sum(len(chunk.tokens) for _, chunk in batch), seconds)
        for sequence, chunk in batch:
            sequence.num_computed += len(chunk.tokens)
            sequence.moved = now
            self.slots.keep(sequence)
            self._shares.charge(sequence.world, len(chunk.tokens))

    def _admit(self) -> None:
        """Gives slots to those who wait, the first first."""
        while (sequence := self._next()) is not None:
            self.waiting.remove(sequence)
            self.slots.acquire(sequence)
            self.running.append(sequence)

    def _next(self) -> Sequence | None:
        """Who gets a slot now, where there is one or where somebody less urgent gives way."""
        if not self.waiting or not (self.slots.num_free or self._gives_way(min(map(_class, self.waiting)))):
            return None
        claims = Counter[str]()  # what those who have a slot will have computed of their prompts is theirs already
        for each in self.running:
            claims[each.world] += each.num_pending
        for sequence in sorted(self.waiting, key=lambda each: self._rank(each, claims[each.world])):
            if not self.slots.computing(sequence) and (self.slots.num_free or self._preempt(sequence)):
                return sequence
        return None

    def _preempt(self, sequence: Sequence) -> bool:
        """Takes the slot of somebody less urgent, who continues later from the words already said."""
        last = self._gives_way(_class(sequence))
        if last is None:
            return False
        self.running.remove(last)
        self.slots.release(last)
        last.sent_back += 1
        self.waiting.append(last)
        return True

    def _gives_way(self, priority: Priority) -> Sequence | None:
        """Whose slot somebody of a class may have. Who lost it often keeps it, as long as a player finds another."""
        lower = [each for each in self.running if _class(each) > priority]
        settled = [each for each in lower if each.sent_back >= SENT_BACK]
        if len(settled) < len(lower):
            lower = [each for each in lower if each not in settled]
        elif priority is not Priority.PLAYER:
            return None
        return max(lower, key=lambda each: (_class(each), self._rank(each)), default=None)

    def _of_one_adapter(self, sequences: list[Sequence]) -> list[Sequence]:
        """Those of one adapter, since a decode has one: that whose turn it is, or whose last was longest ago."""
        adapters = {each.adapter for each in sequences}
        if not adapters:
            return []
        now = self._clock()
        began, _ = self._turns.get(self._adapter, (now, now))
        others = adapters - {self._adapter}
        if self._adapter not in adapters or (others and now - began >= TURN_SECONDS):
            firsts = {each.adapter: each for each in sorted(sequences, key=self._rank, reverse=True)}
            last = {adapter: self._turns[adapter][1] if adapter in self._turns else 0.0 for adapter in others}
            self._adapter = min(others, key=lambda adapter: (last[adapter], self._rank(firsts[adapter])))
            began = now
        self._turns[self._adapter] = began, now
        return [each for each in sequences if each.adapter == self._adapter]

    def _hurry(self) -> list[Sequence]:
        """Those for whose first words players wait. Nobody is, now and then, where they left nothing for others."""
        hurried, now = [each for each in self.running if _hurried(each)], self._clock()
        if not hurried:
            self._hurried_since = None
        elif self._hurried_since is None:
            self._hurried_since = now
        elif now - self._hurried_since >= HURRY_SECONDS and len(hurried) < len(self.running):
            self._hurried_since = now
            return []
        return hurried

    def _rank(self, sequence: Sequence, claims: int = 0) -> tuple[int, int, float]:
        """Sorts by who is served first; `claims` are tokens that its world is going to have."""
        stands = standing(_class(sequence), self._clock() - sequence.moved)
        return stands, self._shares.had(sequence.world) + claims, sequence.arrival

    def _room(self, first: Sequence, *, unheard: bool) -> int:
        """Tokens of a prefill at once. What is to be repeatable is cut in the same places whatever the clock says."""
        if _hurried(first):
            return self._batch_limit
        if self._clock() - self._player_at > QUIET_SECONDS:
            seconds = QUIET_STEP_SECONDS
        else:
            seconds = BACKGROUND_STEP_SECONDS if unheard else STEP_SECONDS
        return min(self._batch_limit, self._pace.tokens(seconds) if first.request.reuse else UNLEARNED)

    def _pieces(self, prefills: list[Sequence], room: int) -> Batch:
        """The next piece of the first prompt, and where it leaves room, pieces of that length of others."""
        first = prefills[0]
        rest = first.num_at_once
        length = room
        if rest <= ENDING * room:
            length = rest if rest <= self._batch_limit else -(-rest // 2)
        batch = [_chunk(first, length)]
        # What is to be repeatable is in nobody's company: it would be cut by what others need.
        for each in prefills[1:] if first.request.reuse else ():
            alike = each.request.reuse and length <= each.num_at_once
            if alike and (len(batch) + 1) * length <= room:
                batch.append(_chunk(each, length))
        return batch

    def _tokens(self, speaking: list[Sequence]) -> Batch:
        """What each has said last: a token, or some that a grammar forced."""
        room, batch = self._batch_limit, list[tuple[Sequence, Chunk]]()
        for sequence in speaking:
            length = min(room, sequence.num_at_once)
            if length == 0:
                break
            batch.append(_chunk(sequence, length))
            room -= length
        return batch


def _chunk(sequence: Sequence, length: int) -> tuple[Sequence, Chunk]:
    start = sequence.num_computed
    assert sequence.slot is not None, "it runs"
    tokens = sequence.tokens[start : start + length]
    return sequence, Chunk(sequence.slot, start, tokens, sample=length == sequence.num_pending)


def _class(sequence: Sequence) -> Priority:
    return sequence.request.priority


def _hurried(sequence: Sequence) -> bool:
    """Whether a player waits for its first word."""
    return _class(sequence) is Priority.PLAYER and sequence.num_sampled < OPENING
