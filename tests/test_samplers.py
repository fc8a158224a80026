"""How a token of free text is drawn: each stage has its effect, dice repeat, and what was spoken is minded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_engine import request, running, says, write

from npc_runtime.config import load
from npc_runtime.dialogue.generation.said import phrases
from npc_runtime.engine.backend import Logits, Sampler, Tokens
from npc_runtime.engine.fake import FakeModel
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.llama.sampler import DRY_WINDOW
from npc_runtime.engine.profile import SMALL, profile
from npc_runtime.engine.request import Option, ReplyFormat, Request, Sampling
from npc_runtime.engine.sequence import Sequence
from npc_runtime.engine.tokens.entropy import ASKING, EXPLORING, LOST, gated, measured
from npc_runtime.engine.tokens.grammar import ReplyGrammar
from npc_runtime.engine.tokens.sampling import PRECUT, REACH, likeliest, next_token, remind
from npc_runtime.engine.tokens.text import TextStream
from npc_runtime.errors import ConfigError
from npc_runtime.language.english.english import ENGLISH

DRAWS = 2000
FOUR = np.log(np.array([0.6, 0.3, 0.08, 0.02], np.float32))
PEAKED = np.log(np.array([0.97, 0.01, 0.01, 0.01], np.float32))


@pytest.fixture(scope="module")
def model(random_model: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(load({"model": str(random_model), "slots": 1, "threads": 1}, environ={}))
    yield model
    assert model.open_samplers == 0
    model.close()


def spelled(model: LlamaModel, text: str) -> list[int]:
    """A token for each letter."""
    return [token for letter in text for token in model.tokenize(letter, special=False)]


def shares(
    model: LlamaModel, logits: Logits, *, said: str = "", tokens: Tokens | None = None, seed: int = 1, **how: Any
) -> list[float]:
    """How often each token is drawn, behind what was said."""
    sampling = Sampling(**how)
    sampler = model.sampler(sampling, seed)
    for token in spelled(model, said):
        sampler.accept(token)
    tokens = np.arange(len(logits)) if tokens is None else tokens
    drawn = [sampler.draw(tokens, logits) for _ in range(DRAWS)]
    sampler.close()
    return [drawn.count(int(token)) / DRAWS for token in tokens]


def drawn(model: LlamaModel, seed: int, **how: Any) -> list[int]:
    sampler = model.sampler(Sampling(**how), seed)
    found = [sampler.draw(np.arange(4), FOUR) for _ in range(100)]
    sampler.close()
    return found


# ------------------------------------------------------------------------------------------------------ the stages


def test_at_temperature_one_without_more_tokens_come_as_often_as_they_are_likely(model: LlamaModel) -> None:
    assert shares(model, FOUR, temperature=1.0, min_p=0.0) == pytest.approx([0.6, 0.3, 0.08, 0.02], abs=0.05)


def test_min_p_takes_out_what_is_much_less_likely_than_the_best(model: LlamaModel) -> None:
    assert shares(model, FOUR, temperature=1.0, min_p=0.1)[3] == 0
    assert shares(model, FOUR, temperature=1.0, min_p=0.2)[2:] == [0, 0]
    assert shares(model, FOUR, temperature=2.0, min_p=0.2)[2:] == [0, 0], "however warm it is"
    assert shares(model, FOUR, temperature=1.0, min_p=1.0) == [1, 0, 0, 0]


def test_the_temperature_sharpens_and_flattens(model: LlamaModel) -> None:
    cold, warm = (shares(model, FOUR, temperature=each, min_p=0.0) for each in (0.3, 2.0))
    assert cold[0] > 0.8
    assert warm[0] < 0.5
    assert shares(model, FOUR, temperature=0.0) == [1, 0, 0, 0]


def test_dynamic_is_cooler_where_the_model_is_sure_and_warmer_where_it_is_not(model: LlamaModel) -> None:
    plain: dict[str, Any] = {"temperature": 1.0, "min_p": 0.0}
    assert shares(model, PEAKED, sampler="dynamic", **plain)[0] > shares(model, PEAKED, **plain)[0] + 0.01
    unsure = np.array([2.0] + [0.0] * 15, np.float32)
    assert shares(model, unsure, sampler="dynamic", **plain)[0] < shares(model, unsure, **plain)[0] - 0.03


def test_the_gate_takes_the_likeliest_where_the_model_is_sure(model: LlamaModel) -> None:
    sure = np.log(np.array([0.95, 0.05], np.float32))
    assert shares(model, sure, temperature=1.5, min_p=0.0)[1] > 0.05
    assert shares(model, sure, temperature=1.5, min_p=0.0, sampler="entropy") == [1, 0]
    assert shares(model, FOUR, temperature=1.0, min_p=0.1, sampler="entropy")[3] == 0, "and min-p stays"
    assert shares(model, FOUR, temperature=0.0, sampler="entropy") == [1, 0, 0, 0]


def test_entropy_and_varentropy_are_those_of_the_books() -> None:
    assert measured(np.zeros(4)) == pytest.approx((2.0, 0.0))
    assert measured(np.log([0.5, 0.25, 0.25])) == pytest.approx((1.5, 0.25))
    assert measured(np.array([0.0, -1e9])) == pytest.approx((0.0, 0.0))


def test_each_quadrant_has_its_temperature() -> None:
    fork = np.log([0.88] + [0.12 / 400] * 400)
    lost = np.log([0.45] + [0.55 / 2000] * 2000)
    assert gated(0.7, np.log([0.99, 0.01])) == 0
    assert gated(0.7, np.zeros(64)) == pytest.approx(0.7 * ASKING)
    assert gated(0.7, fork) == pytest.approx(0.7 * EXPLORING)
    assert gated(0.7, lost) == pytest.approx(0.7 * LOST)
    assert gated(0.7, np.log([0.5, 0.5])) == 0.7
    assert gated(1.8, np.zeros(64)) == 1.8, "never cooler for being unsure"


@pytest.mark.parametrize("sampler", ["min-p", "dynamic", "entropy"])
def test_dice_repeat_and_differ_by_their_seed(model: LlamaModel, sampler: str) -> None:
    how = {"temperature": 1.2, "min_p": 0.01, "sampler": sampler, "dry": 0.8}
    assert drawn(model, 7, **how) == drawn(model, 7, **how)
    assert drawn(model, 7, **how) != drawn(model, 8, **how)


# ------------------------------------------------------------------------------------------------------ repetition


@pytest.fixture
def letters(model: LlamaModel) -> Tokens:
    """Two tokens: the first goes on as what was said, the second does not."""
    return np.array(spelled(model, "ez"))


def again(model: LlamaModel, letters: Tokens, said: str, **how: Any) -> float:
    """How often, of two tokens that are as likely, the one comes that came before."""
    even = np.zeros(2, np.float32)
    return shares(model, even, said=said, tokens=letters, temperature=1.0, min_p=0.0, **how)[0]


def test_a_phrase_of_four_is_less_likely_the_second_time_and_a_longer_one_far_less(
    model: LlamaModel, letters: Tokens
) -> None:
    assert again(model, letters, "bcde, bcd") == pytest.approx(0.5, abs=0.06)
    assert again(model, letters, "cde, cd", dry=0.8) == pytest.approx(0.5, abs=0.06), "three are a name, no phrase"
    four, six = (again(model, letters, said, dry=0.8) for said in ("bcde, bcd", "tqbcde, tqbcd"))
    assert four < 0.4
    assert six < 0.2
    assert again(model, letters, "bcde, bcd", dry=3.0) < 0.1


def test_a_new_sentence_begins_with_nothing_behind_it(model: LlamaModel, letters: Tokens) -> None:
    assert again(model, letters, "tq. bcde, tq. bcd", dry=5.0) < 0.1
    assert again(model, letters, "tqbc. de, tqbc. d", dry=5.0) == pytest.approx(0.5, abs=0.06)


def test_what_is_long_ago_is_forgotten(model: LlamaModel, letters: Tokens) -> None:
    filler = "kxwvkyjx" * DRY_WINDOW
    assert again(model, letters, f"bcde, {filler} bcd", dry=5.0) == pytest.approx(0.5, abs=0.06)


class Listening(FakeModel):
    """Keeps what its samplers were told of."""

    def __init__(self, text: str) -> None:
        super().__init__(says(text))
        self.told: list[int] = []

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        sampler = super().sampler(sampling, seed)
        setattr(sampler, "accept", self.told.append)  # noqa: B010
        return sampler


def test_what_is_minded_is_what_was_spoken_and_neither_card_nor_choice() -> None:
    model = Listening("answer 1\n(sad)The bell <wave>")
    form = ReplyFormat(("sad", "happy"), ("wave", "leave"), (Option("answer", (1, 2), 1, 1), Option("greet")))
    with running(model) as engine:
        asked = request(format=form, said=("Well, well.",), sampling=Sampling(temperature=0, dry=0.8))
        assert write(engine, asked)[0][0] == "answer 1\n(sad)The bell <wave>"
    assert bytes(model.told) == b" Well, well.\nThe bell <"


def test_without_it_nothing_is_remembered() -> None:
    model = Listening("No.")
    remind(model.sampler(Sampling(), 1), Request((), said=("Well, well.",)), model)
    assert not model.told


def test_a_fact_on_the_card_may_be_told_as_often_as_it_is_asked_for() -> None:
    lines = ["Ah, the bridge at Elmford fell last night. I never trusted it much.", "Well, who is to say."]
    facts = ("The bridge at Elmford fell last night.", "You sell nails for two pennies.")
    assert phrases(lines, facts, ENGLISH) == ("I never trusted it much.", "Well, who is to say.")
    assert phrases(["I sell nails for two pennies."], facts, ENGLISH) == ()
    assert phrases(["I sell nails for two pennies."], (), ENGLISH) == ("I sell nails for two pennies.",)


# ------------------------------------------------------------------------------------------------------ the grammar


def test_where_the_grammar_refuses_a_token_the_same_chain_draws_another(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    bracket, near, far = spelled(model, "<bc")
    logits = np.full(model.vocabulary.size, -20.0, np.float32)
    logits[[bracket, near, far]] = (6.0, 2.0, 2.0 + np.log(0.05))
    monkeypatch.setattr(model, "logits", lambda row: logits)

    def written(**how: Any) -> set[int]:
        grammar = ReplyGrammar(ReplyFormat(("sad", "happy")), model)
        for token in model.tokenize("(sad)", special=False):
            grammar.advance(token)
        sampling = Sampling(temperature=1.0, **how)
        sampler = model.sampler(sampling, 1)
        asked = Request((), sampling=sampling)
        dice = np.random.default_rng(1)
        sequence = Sequence(asked, lambda _: None, [], 0, 0, sampler, dice, grammar, TextStream(), 0.0, 0.0)
        found = {next_token(sequence, model, 0) for _ in range(400)}
        sampler.close()
        return found

    assert written(min_p=0.1) == {near}
    assert written(min_p=0.01) == {near, far}
    assert written(min_p=0.1, sampler="entropy") == {near}


def test_the_cut_before_the_draw_keeps_the_likeliest_in_order() -> None:
    wide = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    cut = likeliest(wide)
    assert cut.tolist() == np.argsort(-wide)[:PRECUT].tolist()
    few = np.array([0.0, -REACH - 1, 3.0, 3.0], np.float32)
    assert likeliest(few).tolist() == [2, 3, 0]


# ------------------------------------------------------------------------------------------------------ the settings


def test_settings_come_before_what_suits_the_model() -> None:
    def found(**settings: Any) -> tuple[str, float, float]:
        suits = profile(4096, load(settings, environ={}), taught=True)
        return suits.sampler, suits.min_p, suits.dry

    assert found() == (SMALL.sampler, SMALL.min_p, SMALL.dry)
    assert found(sampler="dynamic", min_p="0", dry="1.5") == ("dynamic", 0.0, 1.5)
    assert found(sampler="auto", min_p=0.3) == (SMALL.sampler, 0.3, SMALL.dry)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"min_p": "2"}, r"min_p = '2' \(command line\): .*less than or equal to 1"),
        ({"dry": "-1"}, r"dry = '-1' \(command line\): .*greater than or equal to 0"),
        ({"sampler": "mirostat"}, r"sampler = 'mirostat' \(command line\): .*'min-p', 'dynamic' or 'entropy'"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load(settings, environ={})
