"""The training corpus and the writer's lessons: what of `training/` can be checked without training."""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npc_runtime.config import load
from npc_runtime.dialogue.feedback.line import RatedLine, read
from npc_runtime.dialogue.generation.prompt import Message, Piece, compact
from npc_runtime.dialogue.policy.moves import FACT_MOVES, QUARREL_MOVES, Move
from npc_runtime.engine.chat import ChatTemplate
from npc_runtime.engine.llama import LlamaModel
from npc_runtime.engine.models import BUNDLED_PATH
from npc_runtime.engine.words import Wording
from training import corpus, evaluate, lessons, tokens
from training.corpus.asking import Asking
from training.corpus.compose import Composer
from training.corpus.example import Example
from training.corpus.expand import choose, fill, held_out, slots
from training.corpus.names import Names
from training.corpus.player_lines import PLAYER_LINES
from training.corpus.replies import REPLIES
from training.corpus.unseen_lines import UNSEEN_LINES
from training.dataset import own_words
from training.tokenizer import Encoder

TRAINING = Path(tokens.__file__).parent
EXAMPLE = TRAINING / "examples" / "harbour_dialect.jsonl"


@pytest.fixture(scope="module")
def trained() -> list[Example]:
    """What training sees."""
    composer = Composer(random.Random(1), "train")
    return [composer.sample() for _ in range(3000)]


# ------------------------------------------------------------------------------------------------ tokens


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(TRAINING / "tokenizer.json")


@pytest.fixture(scope="module")
def bundled() -> Iterator[LlamaModel]:
    model = LlamaModel(load({"model": "bundled", "slots": 1, "threads": 1}, environ={}))
    yield model
    model.close()


@pytest.fixture(scope="module")
def chat(bundled: LlamaModel) -> ChatTemplate:
    """As the engine serves the bundled model."""
    return ChatTemplate.of(bundled)


def test_training_and_serving_read_the_same_tokens(encoder: Encoder, chat: ChatTemplate) -> None:
    assert not list(tokens.misread(encoder, chat, tokens.cards(400)))


def test_a_writers_cards_are_read_the_same_too(encoder: Encoder, chat: ChatTemplate) -> None:
    assert not list(tokens.misread(encoder, chat, (line.card() for line in read(EXAMPLE))))


@given(st.text(max_size=60), st.sampled_from(tokens.TRICKS))
def test_any_text_is_read_the_same(encoder: Encoder, chat: ChatTemplate, text: str, trick: str) -> None:
    messages = [Message("system", (Piece(trick), Piece(text))), Message("user", (Piece(text + trick),))]
    assert encoder.prompt(messages) == chat.encode(messages).tokens


def test_the_bundled_model_may_say_what_it_is_taught(bundled: LlamaModel, trained: list[Example]) -> None:
    assert bundled.lexicon is not None
    mute = [
        example.reply
        for example in trained
        if not Wording(bundled.lexicon, (message.text for message in compact(example.card))).allows(
            example.reply.encode(), last=True
        )
    ]
    assert len(mute) <= len(trained) / 500, mute


def test_the_words_of_a_reply_are_those_that_its_prompt_has_not() -> None:
    messages = [Message("system", (Piece("You sell Eels."),)), Message("user", (Piece("How much, Tom?"),))]
    assert own_words(messages, "(happy) Eels? Much too dear for Tom's friends, I say.") == {
        *("happy", "too", "dear", "for", "s", "friends", "i", "say"),
    }


def test_a_reply_is_learned_as_it_is_remembered(encoder: Encoder, chat: ChatTemplate) -> None:
    """What the model learns to say is what it reads when the same words are history."""
    reply = "(happy) Ahoy, Alex! Fair tide to ye."
    remembered = chat.encode([Message("user", (Piece("hi"),)), Message("assistant", (Piece(reply),))]).tokens
    learned = encoder.reply(reply)
    assert any(remembered[at : at + len(learned)] == learned for at in range(len(remembered)))


# ------------------------------------------------------------------------------------------------ breadth


def test_there_are_enough_kinds_of_lines_with_many_phrasings_each() -> None:
    assert len(PLAYER_LINES) >= 40
    assert all(len(set(phrasings)) >= 10 for phrasings in PLAYER_LINES.values())


def test_every_move_is_taught_in_many_situations(trained: list[Example]) -> None:
    taught = Counter((example.situation, example.card.move) for example in trained)
    assert len(taught) >= 20
    assert {move for _, move in taught} == set(Move)


def test_cards_hold_what_their_moves_need(trained: list[Example]) -> None:
    for example in trained:
        assert bool(example.card.facts) == (example.card.move in FACT_MOVES), example
        if example.card.move in QUARREL_MOVES:
            assert example.card.quarrel is not None, example


def test_replies_open_with_an_emotion_and_leave_no_notation_behind(trained: list[Example]) -> None:
    for example in trained:
        assert re.fullmatch(r"\([a-z]+\) \S[^\n]*", example.reply), example
        text = " ".join((example.reply, *(message.text for message in compact(example.card)), *example.keys))
        assert not re.search(r"[{}\[\]]|<<|>>", text), example


# What `training.corpus.replies` and `player_lines` say that templates may hold, and the slots of facts and quarrels.
SLOTS = {
    *("name", "role", "home", "listener", "topic", "goods", "person", "item", "deed", "news", "news_lower", "source"),
    *("fact", "fact_lower", "said", "verb_past"),
}


def templates(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Every string in a bank, with where it stands."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from templates(inner, f"{where}[{key}]")
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from templates(inner, where)


def banks() -> Iterator[tuple[str, str]]:
    """Every string in every bank of the corpus."""
    for module in pkgutil.iter_modules(corpus.__path__):
        for name, value in vars(importlib.import_module(f"training.corpus.{module.name}")).items():
            if re.fullmatch(r"_?[A-Z][A-Z_]+", name) and isinstance(value, dict | tuple | list):
                yield from templates(value, f"{module.name}.{name}")


def test_every_template_of_lines_and_replies_expands() -> None:
    values = {slot: f"a{slot}" for slot in SLOTS}
    rng = random.Random(1)
    for where, bank in (("replies", REPLIES), ("lines", PLAYER_LINES), ("unseen", UNSEEN_LINES)):
        for place, template in templates(bank, where):
            assert slots(template) <= SLOTS, f"{place}: {template}"
            for _ in range(3):
                assert not re.search(r"[{}\[\]]", fill(choose(rng, template), values)), f"{place}: {template}"


def test_every_template_closes_its_brackets() -> None:
    seen = 0
    for place, template in banks():
        seen += 1
        for opening, closing in ("[]", "{}"):
            assert template.count(opening) == template.count(closing), f"{place}: {template}"
    assert seen > 3000


# ------------------------------------------------------------------------------------------------ held out


def test_training_never_meets_a_held_out_name(trained: list[Example]) -> None:
    for example in trained:
        for name in (example.card.name, example.card.listener, example.card.home):
            assert not held_out(name), name
    evaluation = Names(random.Random(2), "eval")
    places = {evaluation.place() for _ in range(400)}
    for example in trained:
        text = " ".join((example.reply, *(message.text for message in compact(example.card))))
        assert not places.intersection(re.findall(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*", text)), text


def test_training_never_picks_a_phrasing_of_the_evaluation() -> None:
    asking = Asking(Names(random.Random(3), "train"))
    for intent, bank in PLAYER_LINES.items():
        unseen = UNSEEN_LINES.get(intent, ())
        assert not set(unseen) & set(bank), intent
        picked = {asking.pick(bank, unseen) for _ in range(4 * len(bank))}
        assert picked <= {phrasing for phrasing in bank if not held_out(phrasing)}, intent


# ------------------------------------------------------------------------------------------------ evaluation

FIGURES = {
    *("uses_fact", "admits_absence", "right_of_two", "gossip_source", "in_character", "argument_goal", "audible"),
    *("exact_repeat", "mean"),
}


def test_the_generators_own_replies_pass_the_evaluation() -> None:
    figures, _, _ = evaluate.measure(lambda example: example.reply, evaluate.Listener(3000), count=20, seed=1)
    assert set(figures) == FIGURES
    for name in ("uses_fact", "admits_absence", "right_of_two", "gossip_source", "in_character"):
        assert figures[name] >= 0.9, name


def test_the_bundled_model_is_measured_where_there_is_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.exported(tmp_path, None) == {"q4_k_m": BUNDLED_PATH}
    assert "measuring the bundled model" in capsys.readouterr().err
    with pytest.raises(SystemExit, match=r"no villager-f16\.gguf"):
        evaluate.exported(tmp_path, "f16")
    (tmp_path / "villager-f16.gguf").touch()
    assert evaluate.exported(tmp_path, None) == {"f16": tmp_path / "villager-f16.gguf"}
    assert "villager-q8_0.gguf" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ a writer's lines


def judged(**judgement: object) -> RatedLine:
    situation = {
        "name": "Mira", "role": "smith", "home": "Gullwick", "traits": ["blunt"], "mood": "calm", "listener": "Alex",
        "feeling": "neutral", "move": "greet", "line": "hello",
    }  # fmt: skip
    text = json.dumps({"situation": situation, "line": "(neutral) Hello.", **judgement})
    return RatedLine.model_validate_json(text)


def test_better_lines_are_learned_and_so_are_those_that_were_liked() -> None:
    chosen, skipped = lessons.choose([
        judged(rating=1, better="(happy) Ahoy!"),
        judged(rating=5, better="(happy) Ahoy there!"),
        judged(rating=4),
        judged(rating=3),
        judged(rating=1),
        judged(rating=1),
    ])  # fmt: skip
    assert [lesson.reply for lesson in chosen] == ["(happy) Ahoy!", "(happy) Ahoy there!", "(neutral) Hello."]
    assert chosen[0].card.move is Move.GREET
    assert sorted(skipped.values()) == [1, 2]
    assert all("without a better line" in reason for reason in skipped)


@pytest.mark.parametrize(("count", "kept"), [(1, 0), (9, 0), (10, 1), (19, 1), (47, 4), (300, 30)])
def test_one_lesson_in_ten_is_kept_back(count: int, kept: int) -> None:
    chosen, _ = lessons.choose([judged(better=f"(happy) Ahoy {number}!") for number in range(count)])
    learned, measure = lessons.keep_back(chosen, seed=1)
    assert len(measure) == kept
    assert sorted(lesson.reply for lesson in learned + measure) == sorted(lesson.reply for lesson in chosen)
    assert lessons.keep_back(chosen, seed=1) == (learned, measure)


def test_the_worked_example_can_be_read_and_is_varied() -> None:
    chosen, _ = lessons.choose(read(EXAMPLE))
    assert len(chosen) >= 40
    assert len({lesson.card.move for lesson in chosen}) >= 20
    for lesson in chosen:
        assert bool(lesson.card.facts) == (lesson.card.move in FACT_MOVES), lesson
        assert (lesson.card.quarrel is not None) == (lesson.card.move in QUARREL_MOVES), lesson
