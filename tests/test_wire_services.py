"""Services declare what they answer; between them they answer the whole protocol."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from npc_runtime.config import Config
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.generation.reflection import Reflecting
from npc_runtime.dialogue.generation.sketch import Sketching
from npc_runtime.engine.profile import RULES
from npc_runtime.wire import messages as m
from npc_runtime.wire.archive import Archive
from npc_runtime.wire.budget import Budget
from npc_runtime.wire.gate import Gates
from npc_runtime.wire.greeting import Greeting
from npc_runtime.wire.handling import Handler, handlers, handles
from npc_runtime.wire.lifecycle import Lifecycle
from npc_runtime.wire.services import services
from npc_runtime.wire.session import Sessions
from npc_runtime.world.worlds import Worlds


class Nowhere:
    """A post that loses everything."""

    def send(self, peer: bytes, body: bytes, *, skippable: bool = False) -> None:
        pass

    def publish(self, topic: bytes, body: bytes) -> None:
        pass


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Handler]:
    """All handlers of a daemon without a model."""
    config, worlds, sessions = Config(data_dir=tmp_path), Worlds(), Sessions(Nowhere(), expiry=30.0)
    director = Director(writer=None, profile=replace(RULES, reply=64), temperature=0.0, deadline=1.0, seed=1)
    archive = Archive(config.world_file, lambda: None, Reflecting(None))
    lifecycle = Lifecycle(worlds, director, sessions, archive, Gates(), most=1, idle=1.0)
    feedback, sketching = FeedbackFile(config.feedback_file, ""), Sketching(None, unasked="")
    others = services(worlds, director, sessions, lifecycle, feedback, sketching, Budget())
    return handlers([Greeting(config, sessions, lambda only: pytest.fail("nobody asks"), ""), lifecycle, *others])


def test_every_request_of_the_protocol_has_exactly_one_handler(found: dict[str, Handler]) -> None:
    assert set(found) == set(m.Catalogue.requests)


def test_every_handler_takes_the_request_that_it_declares(found: dict[str, Handler]) -> None:
    for kind, handler in found.items():
        asked = list(inspect.signature(handler.answer).parameters)[1]
        assert get_type_hints(handler.answer)[asked] is m.Catalogue.requests[kind]


def test_whoever_is_alone_in_a_world_gives_work(found: dict[str, Handler]) -> None:
    for handler in found.values():
        assert not handler.alone or inspect.iscoroutinefunction(handler.answer)


def test_whoever_needs_no_session_answers_at_once(found: dict[str, Handler]) -> None:
    for handler in found.values():
        assert not handler.before_hello or issubclass(get_type_hints(handler.answer)["return"], m.Response)


class Ponging:
    @handles("ping")
    def ping(self, session: Any, request: m.Ping) -> m.Pong:
        return m.Pong(re=request.id)


class Dancing:
    @handles("dance")
    def dance(self, session: Any, request: m.Ping) -> m.Pong:
        return m.Pong(re=request.id)


def test_a_request_that_two_answer_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Ponging\.ping answers ping, which is answered already"):
        handlers([Ponging(), Ponging()])


def test_a_request_that_the_protocol_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Dancing\.dance answers dance, which is no request of the protocol"):
        handlers([Dancing()])
