"""Who is computed next: classes and ageing, worlds and their shares, steps that are short. Time is a number here."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest

from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.fake import FakeModel
from npc_runtime.engine.request import Priority, Request, Sampling
from npc_runtime.engine.scheduling.ageing import AGEING_SECONDS, standing
from npc_runtime.engine.scheduling.pace import ENOUGH, ENOUGH_SECONDS, FEWEST, UNLEARNED, Pace
from npc_runtime.engine.scheduling.parking import Parking
from npc_runtime.engine.scheduling.scheduler import (
    BACKGROUND_STEP_SECONDS,
    ENDING,
    HURRY_SECONDS,
    QUIET_SECONDS,
    QUIET_STEP_SECONDS,
    SENT_BACK,
    SPEECH_SECONDS,
    STEP_SECONDS,
    Batch,
    Scheduler,
)
from npc_runtime.engine.scheduling.shares import Shares
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.text import TextStream

_numbers = count()


class Table:
    """A scheduler over a backend that says "x", and a clock that stands still until it is moved."""

    def __init__(self, *, slots: int = 1, speed: float = 1000.0, batch_limit: int = 512) -> None:
        """`speed`: tokens a second."""
        self.now, self.speed = 0.0, speed
        self.model = FakeModel(lambda _slot, _held: ord("x"), slots=slots, slot_context=4096, batch_limit=batch_limit)
        self.scheduler = Scheduler(self.model, Parking(0), lambda: self.now)
        self.had = Counter[str]()  # tokens computed, by world

    def ask(
        self,
        priority: Priority,
        *,
        prompt: int = 4,
        reply: int = 1000,
        world: str = "w",
        reuse: bool = True,
        shared: int = 0,
    ) -> Sequence:
        """A request of `prompt` tokens; but for those that are `shared` none is that of another one's beginning."""
        number = next(_numbers)
        tokens = [255] * shared + [number % 250, *(number // 250 % 250 for _ in range(prompt - shared - 1))]
        request = Request(
            (Message("user", (Piece("x"),)),),
            max_tokens=reply,
            priority=priority,
            reuse=reuse,
            owner=f"{world}/npc:{number}",
        )
        sequence = Sequence(
            request=request,
            sink=lambda _events: None,
            tokens=tokens,
            num_prompt=prompt,
            num_shared=shared,
            sampler=self.model.sampler(Sampling(), 0),
            random=np.random.default_rng(0),
            grammar=None,
            text=TextStream(()),
            arrival=self.now,
            moved=self.now,
        )
        self.scheduler.add(sequence)
        return sequence

    def step(self) -> Batch:
        """As the engine does it: schedule, decode, sample, and who has said all ends."""
        batch = self.scheduler.schedule()
        self.model.decode([chunk for _, chunk in batch])
        size = sum(len(chunk.tokens) for _, chunk in batch)
        self.now += size / self.speed
        self.scheduler.computed(batch, size / self.speed)
        for sequence, chunk in batch:
            self.had[sequence.world] += len(chunk.tokens)
            if chunk.sample:
                sequence.tokens.append(ord("x"))
                sequence.num_sampled += 1
            if sequence.num_sampled >= sequence.request.max_tokens:
                self.scheduler.remove(sequence)
        return batch

    def steps(self, number: int) -> Iterator[Batch]:
        for _ in range(number):
            yield self.step()

    def running(self, sequence: Sequence) -> bool:
        return sequence in self.scheduler.running


# ------------------------------------------------------------------------------------------------- classes and ageing


def test_who_is_passed_over_counts_for_more_but_never_for_a_player() -> None:
    assert [standing(Priority.BACKGROUND, seconds * AGEING_SECONDS) for seconds in (0, 0.9, 1, 2, 3, 100)] == [
        Priority.BACKGROUND,
        Priority.BACKGROUND,
        Priority.AMBIENT,
        Priority.ARGUMENT,
        Priority.BYSTANDER,
        Priority.BYSTANDER,
    ]
    assert standing(Priority.PLAYER, 100.0) is Priority.PLAYER


def test_classes_get_slots_in_their_order() -> None:
    table = Table()
    table.ask(Priority.PLAYER, reply=1)
    asked = [table.ask(priority, reply=1) for priority in sorted(Priority, reverse=True)]
    served = [batch[0][0] for batch in table.steps(1 + len(asked))][1:]
    assert [sequence.request.priority for sequence in served] == sorted(Priority)


def test_nobody_starves_behind_others_who_keep_coming() -> None:
    table = Table()
    patient = table.ask(Priority.BACKGROUND, reply=1)
    table.ask(Priority.ARGUMENT, reply=1)
    served: list[Sequence] = []
    while patient in table.scheduler.waiting or not served:
        served += [sequence for sequence, _ in table.step()]
        table.now += 0.5
        table.ask(Priority.ARGUMENT, reply=1)  # two of them wait whenever the slot is free
        assert table.now < 4 * AGEING_SECONDS, "it was never served"
    assert table.now >= 2 * AGEING_SECONDS, "it was served before it was its turn"


def test_however_long_others_waited_a_player_who_comes_is_next() -> None:
    table = Table(slots=1)
    table.ask(Priority.BYSTANDER)
    table.step()
    table.now += 100 * AGEING_SECONDS
    player = table.ask(Priority.PLAYER)
    assert [sequence for sequence, _ in table.step()] == [player]


def test_a_player_waits_for_nobody_who_reads_the_same_beginning_in_small_pieces() -> None:
    table = Table(slots=4)
    table.ask(Priority.AMBIENT, prompt=400, shared=300)
    table.step()
    other = table.ask(Priority.AMBIENT, prompt=400, shared=300)
    table.step()
    assert not table.running(other), "it would read the same"
    player = table.ask(Priority.PLAYER, prompt=350, shared=300)
    [(first, chunk)] = table.step()
    assert first is player
    assert chunk.start > 0, "what the other has read so far serves it"
    assert chunk.start + len(chunk.tokens) == 350


def test_eight_arguments_delay_a_players_first_word_by_a_step_and_no_more() -> None:
    def first_word(table: Table, arrival: float) -> float:
        player = table.ask(Priority.PLAYER, prompt=40, reply=9)
        player.arrival = arrival
        while not player.num_sampled:
            table.step()
        spoken = table.now
        while table.running(player):
            table.step()
        return spoken - arrival

    alone = first_word(Table(slots=16, speed=2000.0), 0.0)
    table, dice = Table(slots=16, speed=2000.0), random.Random(1)
    more = []
    for _ in range(200):
        while len(table.scheduler.running) < 8:
            table.ask(Priority.ARGUMENT, prompt=dice.randint(100, 300), reply=dice.randint(10, 40))
            table.step()
        started = table.now
        table.step()  # in the midst of which the player's line comes
        more.append(first_word(table, dice.uniform(started, table.now)) - alone)
    assert max(more) <= ENDING * STEP_SECONDS + 0.001


def test_who_lost_its_slot_often_keeps_it_until_a_player_finds_no_other() -> None:
    table = Table(slots=1)
    reflection = table.ask(Priority.BACKGROUND)
    for _ in range(SENT_BACK):
        table.step()
        hasty = table.ask(Priority.AMBIENT, reply=1)
        assert [sequence for sequence, _ in table.step()] == [hasty], "it gave way"
    table.step()
    table.ask(Priority.AMBIENT, reply=1)
    assert all(sequence is reflection for batch in table.steps(5) for sequence, _ in batch)
    player = table.ask(Priority.PLAYER, reply=1)
    assert [sequence for sequence, _ in table.step()] == [player]


def test_a_player_takes_the_slot_of_who_lost_its_own_less_often() -> None:
    table = Table(slots=2)
    tried, fresh = table.ask(Priority.BACKGROUND), table.ask(Priority.ARGUMENT)
    table.step()
    tried.sent_back = SENT_BACK
    table.ask(Priority.PLAYER)
    table.step()
    assert (table.running(tried), table.running(fresh)) == (True, False)


def test_players_who_keep_coming_silence_nobody_for_long() -> None:
    table = Table(slots=4)
    bystander = table.ask(Priority.BYSTANDER)
    for _ in table.steps(4):
        pass
    before = bystander.num_sampled
    table.ask(Priority.PLAYER, reply=8)
    while table.now < 10 * HURRY_SECONDS:
        table.step()
        table.now += 0.1
        if not any(each.request.priority is Priority.PLAYER for each in table.scheduler.running):
            table.ask(Priority.PLAYER, reply=8)
    assert bystander.num_sampled - before == pytest.approx(10, abs=2), "a step in each of the spans, and no more"


# ------------------------------------------------------------------------------------------------- shares of worlds


def test_worlds_get_the_same_however_many_wait_in_each() -> None:
    table = Table(slots=4)
    for _ in range(200):
        table.ask(Priority.ARGUMENT, world="city", prompt=30, reply=10)
    for _ in range(100):
        table.ask(Priority.ARGUMENT, world="hamlet", prompt=50, reply=25)
    waiting = {"city", "hamlet"}
    while waiting == {"city", "hamlet"}:
        table.step()
        waiting = {sequence.world for sequence in table.scheduler.waiting}
    assert sum(table.had.values()) > 5000
    assert table.had["city"] == pytest.approx(table.had["hamlet"], rel=0.03)


def test_one_character_gets_the_next_slot_before_sixty_of_another_world() -> None:
    table = Table(slots=2)
    for _ in range(60):
        table.ask(Priority.ARGUMENT, world="city", reply=5)
    for _ in table.steps(20):
        pass
    alone = table.ask(Priority.ARGUMENT, world="hamlet", reply=5)
    served = {sequence for batch in table.steps(7) for sequence, _ in batch}
    assert alone in served
    assert len(served) <= 4, "who speaks just now, and the next two"


def test_a_world_with_nothing_to_do_builds_up_no_credit() -> None:
    shares = Shares()
    shares.join("busy", set())
    shares.join("idle", {"busy"})
    shares.charge("busy", 1000)
    shares.join("idle", {"busy"})
    assert shares.had("idle") == shares.had("busy") == 1000
    shares.charge("idle", 300)
    shares.join("late", {"busy"})
    shares.join("idle", {"busy", "late"})
    assert (shares.had("late"), shares.had("idle")) == (1000, 1300), "what it had too much is not forgotten"
    shares.join("busy", set())
    assert len(shares) == 1, "where nobody had anything to do nothing is left to be settled"


def test_worlds_take_turns_from_the_first_slots_on() -> None:
    table = Table(slots=6)
    for world in ("city", "hamlet"):
        for _ in range(6):
            table.ask(Priority.ARGUMENT, world=world, prompt=40)
    table.step()
    assert Counter(sequence.world for sequence in table.scheduler.running) == {"city": 3, "hamlet": 3}


# ------------------------------------------------------------------------------------------------- how long a step is


@pytest.mark.parametrize(
    ("speed", "priority", "most"),
    [
        (2000.0, Priority.ARGUMENT, STEP_SECONDS * 2000),
        (1000.0, Priority.BACKGROUND, BACKGROUND_STEP_SECONDS * 1000),
        (8000.0, Priority.ARGUMENT, STEP_SECONDS * 8000),
        (1e6, Priority.ARGUMENT, 512),
        (1000.0, Priority.ARGUMENT, ENOUGH),
        (300.0, Priority.ARGUMENT, ENOUGH_SECONDS * 300),
        (100.0, Priority.ARGUMENT, FEWEST),
    ],
)
def test_a_piece_of_a_prompt_takes_no_longer_than_a_player_who_comes_should_wait(
    speed: float, priority: Priority, most: float
) -> None:
    table = Table(slots=1, speed=speed)
    table.ask(Priority.PLAYER, reply=1)
    table.step()
    table.scheduler.clear()
    table.ask(priority, prompt=3000)
    sizes = [len(batch[0][1].tokens) for batch in table.steps(6)]
    assert sizes[0] == UNLEARNED
    assert sizes[1:] == [pytest.approx(most, abs=1)] * 5


def test_pieces_are_larger_where_no_player_has_said_anything_for_a_while() -> None:
    def piece(table: Table) -> int:
        table.ask(Priority.ARGUMENT, prompt=3000, reply=1)
        sizes = [len(batch[0][1].tokens) for batch in table.steps(2)]
        while not table.scheduler.idle:
            table.step()
        return sizes[1]

    table = Table(speed=1000.0, batch_limit=2048)
    assert piece(table) == QUIET_STEP_SECONDS * 1000
    table.ask(Priority.PLAYER, reply=1)
    table.step()
    assert piece(table) == ENOUGH
    table.now += QUIET_SECONDS
    assert piece(table) == QUIET_STEP_SECONDS * 1000
    table.ask(Priority.BACKGROUND, reply=0)  # a player comes near somebody
    table.step()
    assert piece(table) == ENOUGH


@pytest.mark.parametrize(("priority", "most"), [(Priority.PLAYER, 512), (Priority.ARGUMENT, UNLEARNED)])
def test_a_prompt_that_is_to_give_the_same_words_again_is_cut_without_a_clock(priority: Priority, most: int) -> None:
    for speed in (10.0, 1e6):
        table = Table(speed=speed)
        table.ask(Priority.ARGUMENT, prompt=300, reply=1)
        while not table.scheduler.idle:
            table.step()
        table.ask(priority, prompt=1500, reply=1, reuse=False)
        assert [len(batch[0][1].tokens) for batch in table.steps(2)] == [most, most]


def test_the_rest_of_a_prompt_is_no_piece_by_itself_where_it_is_small() -> None:
    table = Table(speed=100.0)
    table.ask(Priority.ARGUMENT, prompt=2 * FEWEST + FEWEST // 3)
    assert [len(batch[0][1].tokens) for batch in table.steps(2)] == [FEWEST, FEWEST + FEWEST // 3]


def test_lines_that_are_short_are_read_together_and_in_pieces_of_one_length() -> None:
    table = Table(slots=8, speed=100.0)
    asked = [table.ask(Priority.ARGUMENT, prompt=prompt) for prompt in (20, 500, 25, 20, 10)]
    (batch,) = table.steps(1)
    assert [(sequence, len(chunk.tokens)) for sequence, chunk in batch] == [(asked[n], 20) for n in (0, 1, 2)]


def test_what_is_to_be_repeatable_is_read_in_nobodys_company() -> None:
    table = Table(slots=8, speed=100.0)
    alone = table.ask(Priority.BYSTANDER, prompt=20, reuse=False)
    others = [table.ask(Priority.ARGUMENT, prompt=20, reuse=reuse) for reuse in (True, False)]
    read = [[sequence for sequence, chunk in batch if chunk.start == 0] for batch in table.steps(4)]
    assert [batch for batch in read if batch] == [[alone], *([other] for other in others)]


def test_the_pace_follows_a_machine_that_others_use_too() -> None:
    pace = Pace()
    for _ in range(20):
        pace.learn(100, 0.1)
    assert pace.tokens(0.2) == 200
    for _ in range(20):
        pace.learn(100, 0.125)
    assert pace.tokens(0.2) == pytest.approx(160, abs=1)


def test_a_line_goes_on_as_quickly_as_people_talk_while_a_long_prompt_is_read() -> None:
    table = Table(slots=2)
    table.ask(Priority.PLAYER, reply=1)
    speaker = table.ask(Priority.ARGUMENT)
    for _ in table.steps(20):
        pass
    long = table.ask(Priority.ARGUMENT, prompt=3000)
    silences, kinds = [], []
    while long.prefilling:
        before = speaker.moved
        batch = table.step()
        kinds.append("read" if any(sequence is long for sequence, _ in batch) else "said")
        if kinds[-1] == "said":
            silences.append(table.now - before)
    assert SPEECH_SECONDS <= max(silences) < SPEECH_SECONDS + 2 * STEP_SECONDS
    assert kinds.count("read") > 3 * kinds.count("said"), "a step for one costs as much as for many"


def test_prompts_that_nobody_waits_for_are_all_read_before_the_first_word_of_any() -> None:
    table = Table(slots=8, batch_limit=64)
    for _ in range(8):
        table.ask(Priority.BACKGROUND, prompt=60, reply=4)
    spoken = [len(batch) for batch in table.steps(20) if all(chunk.start >= 60 for _, chunk in batch)]
    assert spoken[0] == 8, "the largest batch there is"
