"""The engine on a real GGUF through llama.cpp: what a fake cannot show."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npc_runtime.config import load
from npc_runtime.dialogue.generation.prompt import Card, Message, Piece, Turn, sheet
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.emotions import EMOTIONS
from npc_runtime.engine.backend import Chunk, Logits
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.files.models import resolve
from npc_runtime.engine.llama.batch import Batch
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.request import Ended, EngineEvent, Option, ReplyFormat, Request, Sampling, Sink
from npc_runtime.engine.tokens.chat import ChatTemplate
from npc_runtime.errors import ModelUnavailable

FORMAT = ReplyFormat(EMOTIONS, ("give bread player:alex", "wave"))


@pytest.fixture(scope="module")
def model(random_model: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(load({"model": str(random_model), "slots": 4, "threads": 1}, environ={}))
    yield model
    model.close()


@pytest.fixture(scope="module")
def engine(random_model: Path) -> Iterator[Engine]:
    engine = Engine(LlamaModel(load({"model": str(random_model), "slots": 4, "threads": 1}, environ={})))
    engine.start()
    yield engine
    engine.close()


def card(**changes: object) -> Card:
    values: dict[str, object] = {
        "name": "Mira",
        "role": "smith",
        "home": "Hollowmere",
        "traits": ("blunt", "kind"),
        "mood": "calm",
        "listener": "Alex",
        "feeling": "warm",
        "move": Move.ANSWER,
        "line": "What happened to the bridge?",
        "facts": ("The bridge at Elmford fell last night.",),
    }
    return Card(**{**values, **changes})  # type: ignore[arg-type]


def request(card: Card, **options: object) -> Request:
    options.setdefault("format", FORMAT)
    options.setdefault("sampling", Sampling(seed=7))
    return Request(tuple(sheet(card)), **options)  # type: ignore[arg-type]


def write(engine: Engine, *requests: Request) -> list[tuple[str, Ended]]:
    sinks: list[queue.Queue[EngineEvent]] = [queue.Queue() for _ in requests]

    def sink(events: queue.Queue[EngineEvent]) -> Sink:
        def put(arrived: list[EngineEvent]) -> None:
            for event in arrived:
                events.put(event)

        return put

    for each, events in zip(requests, sinks, strict=True):
        engine.submit(each, sink(events))
    results = []
    for events in sinks:
        text = ""
        while not isinstance(event := events.get(timeout=60), Ended):
            text += event.text
        results.append((text, event))
    return results


def test_the_default_model_answers_out_of_its_card() -> None:
    engine = Engine(LlamaModel(load({"slots": 1, "threads": 1}, environ={})))
    engine.start()
    form = ReplyFormat(EMOTIONS, (), (Option("answer", (1,), 1, 1),))
    said = ("I would not know about that.", "Ask me again tomorrow.")
    minding = request(card(), format=form, said=said, sampling=Sampling(seed=7, dry=5.0))
    answers = write(engine, request(card(), format=form), minding)
    engine.close()
    for text, end in answers:
        assert "Elmford" in text or "bridge" in text, "what is on the card is no repetition"
        assert end.finish == "stop"
        assert end.usage.completion_tokens > 3


def test_sixteen_replies_at_once_keep_the_reply_format(engine: Engine) -> None:
    cards = [card(name=f"Villager{number}", mood=mood) for number in range(8) for mood in ("calm", "irritated")]
    results = write(engine, *(request(each, sampling=Sampling(seed=number)) for number, each in enumerate(cards)))
    for text, end in results:
        emotion, bracket, line = text.partition(")")
        assert bracket
        assert emotion.removeprefix("(") in EMOTIONS
        assert line.strip()
        assert "\n" not in line
        assert end.finish in ("stop", "length")
    assert engine.stats.balanced


def test_the_same_seed_gives_the_same_words(engine: Engine) -> None:
    asked = [request(card(), reuse=False, sampling=Sampling(seed=11, temperature=1.2)) for _ in range(3)]
    texts = [write(engine, each)[0][0] for each in asked]
    assert len(set(texts)) == 1


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=0, seed=1),
        Sampling(temperature=1.5, min_p=0.2, seed=1),
        Sampling(dry=0.8, seed=1),
        Sampling(temperature=0, dry=0.8, seed=1),
        Sampling(sampler="dynamic", seed=1),
        Sampling(sampler="entropy", dry=0.8, seed=1),
    ],
)
def test_every_way_of_sampling_writes(engine: Engine, sampling: Sampling) -> None:
    [(text, end)] = write(engine, request(card(), sampling=sampling))
    assert end.finish in ("stop", "length")
    assert text
    assert engine.stats.balanced


def test_a_forked_beginning_gives_the_same_logits(model: LlamaModel) -> None:
    tokens = model.tokenize("You are Mira, smith of Hollowmere. The bridge fell last night.", special=False)

    def last_logits(slot: int, start: int) -> Logits:
        [row] = model.decode([Chunk(slot, start, tokens[start:], sample=True)])
        return np.array(model.logits(row))

    for slot in range(4):
        model.trim(slot, 0)
    half = len(tokens) // 2
    model.decode([Chunk(0, 0, tokens[:half], sample=False)])
    model.fork(0, 1)
    plain, forked = last_logits(0, half), last_logits(1, half)
    np.testing.assert_array_equal(plain, forked)


def test_a_batch_is_laid_out_by_slots_so_that_those_who_speak_are_computed_in_one_pass() -> None:
    """Sixteen tokens took 1.8 times as long in the order in which their characters had begun to speak."""
    batch = Batch(16)
    rows = batch.fill([Chunk(3, 7, [31, 32], sample=True), Chunk(1, 0, [11], sample=False), Chunk(2, 5, [21], True)])
    laid_out = [(batch.struct.seq_id[n][0], batch.struct.pos[n], batch.struct.token[n]) for n in range(4)]
    assert laid_out == [(1, 0, 11), (2, 5, 21), (3, 7, 31), (3, 8, 32)]
    assert [batch.struct.logits[n] for n in range(4)] == [0, 1, 0, 1]
    assert rows == [3, 1], "of the first chunk, then of the third"


def test_wherever_a_text_is_cut_and_whoever_else_is_computed_the_logits_are_the_same_to_the_bit(
    random_model: Path,
) -> None:
    """So characters say with shared and parked beginnings what they say without."""
    tokens, more = [100 + number * 37 % 5000 for number in range(700)], 4
    model = LlamaModel(load({"model": str(random_model), "slots": 3, "slot_context": 1024, "threads": 1}, environ={}))

    def logits(piece: int, slots: tuple[int, ...]) -> list[Logits]:
        """Behind the prompt, and behind single tokens, of the last of these slots."""
        for slot in slots:
            model.trim(slot, 0)
        for start in range(0, len(tokens), piece):
            part = tokens[start : start + piece]
            rows = model.decode([Chunk(slot, start, part, sample=start + piece >= len(tokens)) for slot in slots])
        found = [np.array(model.logits(rows[-1]))]
        for position in range(len(tokens), len(tokens) + more):
            rows = model.decode([Chunk(slot, position, [tokens[position - 100]], sample=True) for slot in slots])
            found.append(np.array(model.logits(rows[-1])))
        return found

    try:
        whole = logits(128, (0,))
        for piece, slots in ((64, (0,)), (100, (0,)), (7, (1,)), (33, (0, 1, 2))):
            np.testing.assert_array_equal(whole, logits(piece, slots))
    finally:
        model.close()


# ------------------------------------------------------------------------------------------------ injection


def special_tokens(model: LlamaModel) -> dict[int, str]:
    """Every token that is no ordinary text, with its spelling."""
    found = {}
    for token in range(model.vocabulary.size):
        if not model.piece(token) or token in model.vocabulary.end:
            spelled = model.spelling(token)
            if spelled:
                found[token] = spelled
    return found


def test_the_vocabulary_has_special_tokens_and_templates_use_them(model: LlamaModel) -> None:
    specials = special_tokens(model)
    assert specials
    assert all(model.tokenize(text, special=True) == [token] for token, text in specials.items())


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_special_token_can_be_typed(model: LlamaModel, data: st.DataObject) -> None:
    specials = special_tokens(model)
    spelled = st.sampled_from(sorted(specials.values()))
    hostile = st.lists(st.one_of(spelled, st.text(max_size=8)), min_size=1, max_size=6).map("".join)
    field = data.draw(
        st.sampled_from(["name", "role", "home", "listener", "line", "facts", "history", "here", "voice"])
    )
    text = data.draw(hostile)
    value = {"facts": (text,), "here": (text,), "voice": (text,), "history": (Turn(own=False, text=text),)}.get(
        field, text
    )
    messages = sheet(card(**{field: value}))
    plain = [Message(message.role, (Piece("x"),)) for message in messages]
    chat = ChatTemplate(model.chat_template, lambda each, special: model.tokenize(each, special=special))

    def count(tokens: list[int]) -> list[int]:
        return [token for token in tokens if token in specials]

    assert count(chat.encode(messages).tokens) == count(chat.encode(plain).tokens)


def test_every_special_token_is_ordinary_text_for_a_player(model: LlamaModel) -> None:
    for token, text in special_tokens(model).items():
        assert token not in model.tokenize(text, special=False)
        assert b"".join(map(model.piece, model.tokenize(text, special=False))).decode() == text


# ------------------------------------------------------------------------------------------------ bad models


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelUnavailable, match=r"no model file .*nowhere\.gguf"):
        LlamaModel(load({"model": "nowhere.gguf"}, environ={}))


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        resolve(str(tmp_path), tmp_path)


@pytest.mark.parametrize("content", [b"", b"GG", b"hello, I am not a model", b"GGUF\x63\x00\x00\x00 from the future"])
def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights with spaces é.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="GGUF"):
        LlamaModel(load({"model": str(path)}, environ={}))


@pytest.mark.parametrize("share", [0.001, 0.1, 0.9])
def test_an_incomplete_download_is_refused_and_says_what_to_do(
    random_model: Path, tmp_path: Path, share: float
) -> None:
    whole = random_model.read_bytes()
    path = tmp_path / "half.gguf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelUnavailable, match="incomplete"):
        LlamaModel(load({"model": str(path)}, environ={}))


def test_a_model_in_a_folder_with_any_name_loads(random_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Моды и игры 村"
    folder.mkdir()
    path = folder / "villager.gguf"
    path.write_bytes(random_model.read_bytes())
    model = LlamaModel(load({"model": str(path), "slots": 1}, environ={}))
    assert model.vocabulary.size > 0
    model.close()


@pytest.mark.parametrize(("unified", "kv"), [(True, "f16"), (False, "q8_0"), (False, "q4_0")])
def test_other_kv_layouts_write_too(random_model: Path, unified: bool, kv: str) -> None:
    layout = {"kv_unified": unified, "kv_type_k": kv, "kv_type_v": kv}
    config = load({"model": str(random_model), "slots": 2, "threads": 1, **layout}, environ={})
    engine = Engine(LlamaModel(config))
    engine.start()
    try:
        results = write(engine, *(request(card(name=name)) for name in ("Mira", "Tom", "Bren")))
        assert all(end.usage.completion_tokens > 3 for _, end in results)
        assert engine.stats.balanced
    finally:
        engine.close()
