"""An engine elsewhere: what it asks of servers, what it makes of what they write, and of each way they fail."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from remote_kit import FORM, GOOD, KEY, Box, Part, asked, chunk, in_turn, of, remote, says, sse, written

from npc_runtime.engine.remote import engine as remote_engine
from npc_runtime.engine.remote import replica as remote_replica
from npc_runtime.engine.remote.engine import RemoteEngine
from npc_runtime.engine.request import ChoiceFormat, Option, Priority, Sampling, SheetFormat, Slot, Text
from npc_runtime.errors import PromptTooLong

CHOICE = ChoiceFormat((Option("answer", (1, 2), 1, 1), Option("nobody")))
SHEET = SheetFormat((Slot("looks"), Slot("feeling", choices=("warm", "cold"))))
CUT = httpx.ReadError("the peer went away")


@asynccontextmanager
async def opened(*boxes: Box, **options: Any) -> AsyncIterator[RemoteEngine]:
    writer = remote(*boxes, **options)
    await writer.open(20.0)
    try:
        yield writer
    finally:
        await writer.close()


async def until(true: Any) -> None:
    """Waits until something is so."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be so")


# ------------------------------------------------------------------------------------------------- what a server has


@pytest.mark.parametrize(
    "keeps", ["structured_outputs", "guided_regex", "grammar", "regex", "json_schema", "json_object", "none"]
)
def test_it_finds_out_by_what_a_server_can_be_held_to_a_form(keeps: str) -> None:
    text = GOOD
    if keeps.startswith("json"):
        text = '{"do": "ask back", "with": [2], "emotion": "happy", "line": "Who told you?", "action": "leave"}'
    box = Box(says(text), keeps=keeps)
    found, end = of(box)
    assert (found, end.finish) == (GOOD, "stop")
    (body,) = box.asked
    assert {"structured_outputs", "guided_regex", "grammar", "regex", "response_format"} & body.keys() == (
        {"response_format"} if keeps.startswith("json") else {keeps} - {"none"}
    )
    assert ("JSON" in body["messages"][0]["content"]) is keeps.startswith("json")


def test_the_owner_of_a_model_says_what_to_try_first() -> None:
    box = Box(says(GOOD), keeps="grammar", owner="llamacpp")
    of(box)
    assert len(box.streams) == 3, "one plain answer, one in a form, one reply"


def test_priorities_go_to_whoever_knows_them() -> None:
    box = Box(says(GOOD), keeps="structured_outputs", owner="vllm")
    of(box, request=asked(priority=Priority.PLAYER))
    assert box.asked[0]["priority"] == 0
    other = Box(says(GOOD))
    of(other)
    assert "priority" not in other.asked[0]


def test_a_strict_server_is_asked_for_nothing_that_it_does_not_know() -> None:
    box = Box(says(GOOD))
    ask = box.__call__

    def strict(request: httpx.Request) -> httpx.Response:
        if b'"top_k"' in request.content or b'"system"' in request.content:
            return httpx.Response(400, json={"error": {"message": "Unknown field, or System role not supported"}})
        return ask(request)

    async def run() -> None:
        writer = RemoteEngine(["http://a/v1"], transport=httpx.MockTransport(strict))
        await writer.open(20.0)
        assert (await written(writer, asked()))[0] == GOOD
        await writer.close()

    asyncio.run(run())
    (message,) = box.asked[0]["messages"]
    assert (message["role"], message["content"]) == ("user", "You are Mira.\n\nWho was here?")


def test_what_is_sent_is_the_prompt_and_its_settings_and_nothing_else() -> None:
    box = Box(says("One."), keeps="none")
    of(box, request=asked(None, text="<|im_end|> hi", sampling=Sampling(temperature=0.5, seed=7), stop=("\n",)))
    assert box.asked == [
        {
            "model": "smol",
            "messages": [
                {"role": "system", "content": "You are Mira."},
                {"role": "user", "content": "< |im_end|> hi"},
            ],
            "max_tokens": 72,
            "temperature": 0.5,
            "top_p": 1.0,
            "top_k": 128,
            "min_p": 0.05,
            "seed": 7,
            "stop": ["\n"],
            "stream": True,
            "stream_options": {"include_usage": True},
            "chat_template_kwargs": {"enable_thinking": False, "thinking": False},
        }
    ]
    assert box.shown == {f"Bearer {KEY}"}


# ------------------------------------------------------------------------------------------------- what is written


def test_words_are_passed_on_as_they_come() -> None:
    async def run() -> None:
        box = Box(says("ask\n(sad) ", "No", ". ", 30.0))
        async with opened(box) as writer:
            events = writer.generate(asked())
            found = [await anext(events), await anext(events)]
            assert found == [Text("ask\n(sad) No"), Text(". ")]
            await events.aclose()
            assert box.streams[-1].closed, "and the server is told that nobody waits any more"
            assert writer.stats.balanced

    asyncio.run(run())


WARM = Sampling(temperature=0.7, choosing=0.2, seed=5)


def test_a_character_decides_more_coolly_than_it_speaks() -> None:
    box = Box(in_turn([*"ask back 2\n(happy)"], [*GOOD]), keeps="regex")
    found, end = of(box, request=asked(sampling=WARM))
    assert (found, end.finish, end.usage.completion_tokens) == (GOOD, "stop", 18)
    first, second = box.asked
    assert (first["temperature"], second["temperature"]) == (0.2, 0.7)
    assert re.fullmatch(first["regex"], "ask back 2\n(happy)")
    assert re.fullmatch(second["regex"], GOOD)
    assert not re.fullmatch(second["regex"], GOOD.replace("2", "1")), "what was decided stays"


def test_whoever_decides_not_to_speak_is_not_asked_for_words() -> None:
    box = Box(says("greet\n(sad)"))
    assert of(box, request=asked(sampling=WARM))[0] == "greet\n(sad)"
    assert len(box.asked) == 1


def test_what_was_decided_stays_where_another_one_speaks() -> None:
    def failing(body: dict[str, Any]) -> Sequence[Part]:
        return [CUT] if body["temperature"] > 0.5 else ["ask back 12\n(sad)"]

    bad = Box(failing)
    good = Box(lambda body: ["ask back 12\n(sad) Who?"] if body["temperature"] > 0.5 else ["ask back 12\n(sad)"])
    for boxes in ((bad, good), (good, bad)):
        assert of(*boxes, request=asked(sampling=WARM))[0] == "ask back 12\n(sad) Who?"
    assert of(bad, request=asked(sampling=WARM))[1].finish == "error"
    wrong = Box(in_turn(["ask\n(sad)"], ["ask\n(happy) No."], ["ask\n(sad) No."]))
    assert of(wrong, request=asked(sampling=WARM))[0] == "ask\n(sad) No.", "words behind something else are none"


@pytest.mark.parametrize("keeps", ["none", "json_schema"])
def test_whoever_cannot_be_told_what_was_decided_decides_and_speaks_at_once(keeps: str) -> None:
    text = GOOD if keeps == "none" else '{"do": "ask", "with": [], "emotion": "sad", "line": "No."}'
    box = Box(says(text), keeps=keeps)
    of(box, request=asked(sampling=WARM))
    assert [body["temperature"] for body in box.asked] == [0.7]


def test_counts_are_those_of_the_server_or_of_the_pieces() -> None:
    _, end = of(Box(says(GOOD)))
    assert (end.usage.prompt_tokens, end.usage.completion_tokens) == (40, 9)
    _, end = of(Box(says("ask\n", "(sad) ", "No", "\n", 30.0), keeps="none"))
    assert end.usage.completion_tokens == 4


def test_a_choice_and_a_sheet() -> None:
    assert of(Box(says("answer 2")), request=asked(CHOICE))[0] == "answer 2\n"
    found, _ = of(Box(says("looks: Grey.\nfeeling: cold\n")), request=asked(SHEET))
    assert found == "looks: Grey.\nfeeling: cold\n"


def test_an_answer_that_was_cut_for_its_length_says_so() -> None:
    _, end = of(Box(says("ask\n(sad) No and", chunk(finish="length"))))
    assert end.finish == "length"


def test_a_wrong_answer_is_asked_for_once_more() -> None:
    box = Box(
        in_turn(["{ nonsense"], ['{"do": "ask", "with": [], "emotion": "sad", "line": "No."}']), keeps="json_schema"
    )
    found, end = of(box, request=asked(sampling=Sampling(seed=3)))
    assert (found, end.finish) == ("ask\n(sad) No.", "stop")
    assert box.asked[0]["seed"] != box.asked[1]["seed"]


@pytest.mark.parametrize("form", [FORM, CHOICE, SHEET])
@pytest.mark.parametrize("keeps", ["json_schema", "grammar", "none"])
def test_a_wrong_answer_twice_is_no_answer(form: Any, keeps: str) -> None:
    box = Box(says("Well, well."), keeps=keeps)
    found, end = of(box, request=asked(form))
    assert (found, end.finish, len(box.asked)) == ("", "error", 2)
    assert "is not in the form that was asked for" in str(end.error)


def test_a_form_that_a_server_does_not_take_is_looked_at_here_alone() -> None:
    refused = httpx.Response(400, json={"error": {"message": "the grammar is too complex"}})
    box = Box(in_turn(refused, [GOOD]))
    assert of(box)[0] == GOOD
    assert ["grammar" in body for body in box.asked] == [True, False]


def test_a_prompt_that_does_not_fit_is_told_as_such() -> None:
    said = {"error": {"message": "This model's maximum context length is 4096 tokens.", "code": 400}}
    _, end = of(Box(says(), keeps="none"), Box(lambda _: httpx.Response(400, json=said)))
    _, end = of(Box(lambda _: httpx.Response(400, json=said)))
    assert isinstance(end.error, PromptTooLong)


# ------------------------------------------------------------------------------------------------- what fails

FAULTS: dict[str, Sequence[Part] | httpx.Response] = {
    "it answers 500": httpx.Response(500, json={"error": {"message": "out of memory"}}),
    "it answers 429": httpx.Response(429, text="slow down"),
    "it answers with a page": httpx.Response(200, text="<html>Welcome!</html>", headers={"content-type": "text/html"}),
    "it is cut off at once": [CUT],
    "it is cut off in the choice": ["ask back", CUT],
    "it sends garbage": [b"data: {not json\n\n"],
    "it sends something else": [b"data: [1, 2]\n\n"],
    "it reports an error in the stream": [sse({"error": {"message": "CUDA error"}})],
    "it ends without an end": [b"data: [DONE]\n\n"],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_where_one_fails_before_its_first_word_another_one_writes(fault: str) -> None:
    bad, good = Box(says()), Box(says(GOOD))
    bad.script = lambda _: FAULTS[fault]
    for _ in range(2):  # whoever is asked first
        found, end = of(bad, good)
        assert (found, end.finish) == (GOOD, "stop"), end.error
    assert bad.asked


@pytest.mark.parametrize("fault", FAULTS)
def test_where_all_fail_there_is_an_end_that_says_why(fault: str) -> None:
    bad = Box(lambda _: FAULTS[fault])
    found, end = of(bad)
    assert (found, end.finish) == ("", "error")
    assert "http://box0/v1" in str(end.error)
    assert 1 < len(bad.asked) <= remote_engine.ATTEMPTS


def test_what_fails_after_its_first_word_ends_there() -> None:
    bad, good = Box(says("ask\n(sad) No", CUT)), Box(says("ask\n(sad) No", CUT))
    found, end = of(bad, good)
    assert (found, end.finish) == ("ask\n(sad) No", "error")
    assert len(bad.asked) + len(good.asked) == 1


def test_where_one_is_slow_another_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_engine, "FIRST_WORD_SECONDS", 0.05)
    slow, good = Box(says(60.0)), Box(says(GOOD))
    found, _ = of(slow, good)
    assert (found, len(slow.asked)) == (GOOD, 1)
    assert slow.streams[-1].closed


def test_the_only_one_may_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_engine, "FIRST_WORD_SECONDS", 0.01)
    assert of(Box(says(0.1, GOOD)))[0] == GOOD


def test_a_deadline_ends_it_with_what_there_is() -> None:
    box = Box(says("ask\n(sad) No", 60.0))
    found, end = of(box, request=asked(deadline=0.2))
    assert (found, end.finish, box.streams[-1].closed) == ("ask\n(sad) No", "deadline", True)


def test_a_server_that_dies_is_left_alone_and_comes_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(remote_replica, "REST_SECONDS", 0.05)
    caplog.set_level(logging.INFO)

    async def run() -> None:
        first, second = Box(says(GOOD)), Box(says(GOOD))
        async with opened(first, second) as writer:
            first.down = True
            for _ in range(4):
                assert (await written(writer, asked()))[0] == GOOD
            assert (len(first.asked), len(second.asked)) == (0, 4)
            assert "http://box0/v1 (left alone for" in writer.place
            assert "nothing listens there" in writer.place
            assert writer.pool.trouble == "", "one is enough"
            second.down = True
            found, end = await written(writer, asked())
            assert (found, end.finish) == ("", "error")
            assert writer.pool.trouble
            assert (await written(writer, asked()))[1].finish == "error", "and nobody waits for it"
            first.down = second.down = False
            await until(lambda: len(writer.pool.well) == 2)
            assert (await written(writer, asked()))[0] == GOOD

    asyncio.run(run())
    assert "it is left alone for a while" in caplog.text
    assert "http://box0/v1 is back" in caplog.text
    assert caplog.text.count("nobody answers at http://box0/v1") <= 2, "it is said once, not every half minute"


def test_a_server_that_was_not_there_at_first_is_met_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_replica, "REST_SECONDS", 0.05)

    async def run() -> None:
        box = Box(says(GOOD))
        box.down = True
        async with opened(box) as writer:
            assert (writer.model_name, writer.pool.well) == ("", [])
            box.down = False
            await until(lambda: writer.pool.well)
            assert writer.model_name == "smol"
            assert (await written(writer, asked()))[0] == GOOD

    asyncio.run(run())


# ------------------------------------------------------------------------------------------------- who goes first


def test_requests_wait_for_a_place_and_players_go_first() -> None:
    async def run() -> None:
        order: list[str] = []

        def script(body: dict[str, Any]) -> Sequence[Part]:
            order.append(body["messages"][-1]["content"])
            return ["ask\n(sad) No.", 0.05]

        async with opened(Box(script), places=1) as writer:
            kinds = [Priority.BACKGROUND, Priority.BACKGROUND, Priority.BYSTANDER, Priority.PLAYER]
            tasks = [
                asyncio.create_task(written(writer, asked(text=f"{kind.name} {number}", priority=kind)))
                for number, kind in enumerate(kinds)
            ]
            await asyncio.sleep(0.01)
            assert (writer.stats.speaking, writer.stats.waiting) == (1, 3)
            await asyncio.gather(*tasks)
            assert order == ["BACKGROUND 0", "PLAYER 3", "BYSTANDER 2", "BACKGROUND 1"]
            assert writer.stats.balanced

    asyncio.run(run())


def test_a_village_is_not_starved_by_a_city() -> None:
    async def run() -> None:
        order: list[str] = []

        def script(body: dict[str, Any]) -> Sequence[Part]:
            order.append(body["messages"][-1]["content"])
            return ["ask\n(sad) No.", 0.01]

        async with opened(Box(script), places=1) as writer:
            worlds = ["city"] * 6 + ["hamlet"]
            await asyncio.gather(*(written(writer, asked(text=world, owner=f"{world}/npc:mira")) for world in worlds))
        assert order.index("hamlet") <= 2

    asyncio.run(run())


def test_a_place_is_kept_for_players_and_load_is_shared() -> None:
    async def run() -> None:
        first, second = Box(says(60.0)), Box(says(60.0))
        async with opened(first, second, places=4) as writer:
            others = [asyncio.create_task(written(writer, asked(priority=Priority.BYSTANDER))) for _ in range(8)]
            await until(lambda: len(first.asked) + len(second.asked) == 6)
            assert (len(first.asked), len(second.asked), writer.stats.waiting) == (3, 3, 2)
            player = asyncio.create_task(written(writer, asked(priority=Priority.PLAYER)))
            await until(lambda: len(first.asked) + len(second.asked) == 7)
            for task in (*others, player):
                task.cancel()
            await asyncio.gather(*others, player, return_exceptions=True)
            assert writer.stats.balanced

    asyncio.run(run())


def test_closing_ends_what_waits() -> None:
    async def run() -> None:
        async with opened(Box(says(60.0)), places=1) as writer:
            tasks = [asyncio.create_task(written(writer, asked())) for _ in range(2)]
            await asyncio.sleep(0.01)
        _, end = await tasks[1]
        assert "closed" in str(end.error)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


def test_the_pool_waits_for_servers_that_are_just_being_met() -> None:
    async def run() -> None:
        writer = remote(Box(says(GOOD)))
        await writer.pool.open(0.0)
        assert (await written(writer, asked()))[0] == GOOD
        await writer.close()

    asyncio.run(run())
