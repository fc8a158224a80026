"""Embeddings through llama.cpp, with the real MiniLM."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import numpy as np
import pytest
from numpy.typing import NDArray

from npc_runtime.cli import doctor
from npc_runtime.config import Config, load
from npc_runtime.engine.backend import Vectors
from npc_runtime.engine.embedding import choice, load_embedder
from npc_runtime.engine.files import minilm
from npc_runtime.engine.llama.embedding import CONTEXT, LlamaEmbedder
from npc_runtime.errors import ModelUnavailable

pytest.importorskip(minilm.PACKAGE, reason="make test installs it")

PAIRS = [
    ("The bridge at Elmford fell last night.", "The river crossing collapsed yesterday evening."),
    ("Tom stole my father's hammer.", "The carter took a tool that was not his."),
    ("The miller waters his flour.", "Somebody dilutes what he grinds at the mill."),
    ("She has a terrible fever.", "The girl is very ill."),
    ("They were wed in the spring.", "The couple married in April."),
]
SENTENCES = [*(line for pair in PAIRS for line in pair), "A bowl of eel stew costs two pennies, doesn't it?"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return minilm.ensure_minilm(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def embedder(path: Path) -> Iterator[LlamaEmbedder]:
    embedder = LlamaEmbedder(path, threads=1)
    yield embedder
    embedder.close()


def similar(one: Vectors, other: Vectors) -> float:
    return float(one @ other)


# ------------------------------------------------------------------------------------------------- the vectors


class Reference:
    """The same encoder in numpy, from the original weights: BERT (https://arxiv.org/abs/1810.04805), then the mean."""

    def __init__(self) -> None:
        from safetensors.numpy import load_file

        folder = minilm._weights_folder()
        self.weights: dict[str, NDArray[np.float32]] = load_file(folder / "model.safetensors")
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        self.ids = {token: number for number, token in enumerate(vocabulary)}

    def embed(self, text: str) -> Vectors:
        x = self._embedded(self._tokens(text))
        for block in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{block}."
            attended = self._linear(layer + "attention.output.dense", self._attention(layer + "attention.self.", x))
            x = self._norm(layer + "attention.output.LayerNorm", x + attended)
            inner = self._linear(layer + "intermediate.dense", x)
            gelu = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
            x = self._norm(layer + "output.LayerNorm", x + self._linear(layer + "output.dense", gelu))
        mean = x.mean(axis=0)
        vector: Vectors = mean / np.linalg.norm(mean)
        return vector

    def _tokens(self, text: str) -> list[int]:
        found = []
        for word in re.findall(r"\w+|[^\w\s]", text.lower()):
            mark = ""
            while word:
                size = next(size for size in range(len(word), 0, -1) if mark + word[:size] in self.ids)
                found.append(self.ids[mark + word[:size]])
                word, mark = word[size:], "##"
        return [self.ids["[CLS]"], *found, self.ids["[SEP]"]]

    def _embedded(self, tokens: list[int]) -> Vectors:
        words, places, kinds = (
            self.weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        return self._norm("embeddings.LayerNorm", words[tokens] + places[: len(tokens)] + kinds[0])

    def _attention(self, layer: str, x: Vectors) -> Vectors:
        heads = self.config["num_attention_heads"]
        query, key, value = (
            self._linear(layer + name, x).reshape(len(x), heads, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = scores / scores.sum(axis=-1, keepdims=True) @ value
        joined: Vectors = mixed.swapaxes(0, 1).reshape(x.shape)
        return joined

    def _linear(self, name: str, x: Vectors) -> Vectors:
        # Not `@`, whose threads wait for each other on a busy machine.
        product: Vectors = np.einsum("ti,oi->to", x, self.weights[name + ".weight"]) + self.weights[name + ".bias"]
        return product

    def _norm(self, name: str, x: Vectors) -> Vectors:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.config["layer_norm_eps"])
        normed: Vectors = centred / spread * self.weights[name + ".weight"] + self.weights[name + ".bias"]
        return normed


def test_the_vectors_are_those_of_the_original_weights(embedder: LlamaEmbedder) -> None:
    reference = Reference()
    for sentence, vector in zip(SENTENCES[::2], embedder.embed(SENTENCES[::2]), strict=True):
        assert similar(vector, reference.embed(sentence)) > 0.9999, sentence


def test_a_paraphrase_is_nearer_than_anything_else(embedder: LlamaEmbedder) -> None:
    told, asked = (embedder.embed([pair[side] for pair in PAIRS]) for side in (0, 1))
    assert list((asked @ told.T).argmax(axis=1)) == list(range(len(PAIRS)))


def test_texts_in_company_are_what_they_are_alone(embedder: LlamaEmbedder) -> None:
    many = SENTENCES * 7  # more texts than one decode takes
    together = embedder.embed(many)
    assert together.shape == (len(many), embedder.dimensions)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, sentence in enumerate(SENTENCES):
        alone = embedder.embed([sentence])[0]
        assert all(similar(alone, together[at]) > 0.9999 for at in range(row, len(many), len(SENTENCES)))


def test_several_threads_may_ask_at_once(embedder: LlamaEmbedder) -> None:
    alone = embedder.embed(SENTENCES)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda sentence: embedder.embed([sentence])[0], SENTENCES * 3)
    for at, vector in enumerate(found):
        assert similar(vector, alone[at % len(SENTENCES)]) > 0.9999


@pytest.mark.parametrize("pooling", [cpp.LLAMA_POOLING_TYPE_MEAN, cpp.LLAMA_POOLING_TYPE_LAST])
def test_a_model_with_a_kv_cache_forgets_the_text_before(
    random_model: Path, monkeypatch: pytest.MonkeyPatch, pooling: int
) -> None:
    defaults = cpp.llama_context_default_params

    def pooled() -> Any:
        params = defaults()
        params.pooling_type = pooling
        return params

    monkeypatch.setattr(cpp, "llama_context_default_params", pooled)
    causal = LlamaEmbedder(random_model, threads=1)  # such as Qwen3 Embedding; the vectors of this one mean nothing
    together = causal.embed(SENTENCES * 7)
    for row, sentence in enumerate(SENTENCES):
        assert similar(causal.embed([sentence])[0], together[row + 6 * len(SENTENCES)]) > 0.999
    assert similar(together[0], together[2]) < 0.999
    assert not causal.embed([""]).any(), "a text without tokens"
    causal.close()


# ------------------------------------------------------------------------------------------------- odd texts


def test_no_text_gives_no_rows(embedder: LlamaEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


@pytest.mark.parametrize("text", ["", "   ", "\0", "\n", "🦊", "Ωμέγα", "\ud800", "a" * 5000])
def test_any_text_has_a_vector(embedder: LlamaEmbedder, text: str) -> None:
    (vector,) = embedder.embed([text])
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)


def test_special_tokens_in_a_text_are_ordinary_text(embedder: LlamaEmbedder) -> None:
    framed = "[CLS] Tom stole the hammer. [SEP]"
    tokens = embedder._tokens(framed)
    assert [tokens.count(special) for special in (101, 102)] == [1, 1]
    plain, shouted = embedder.embed([framed, framed.replace("[CLS]", "[cls]").replace("[SEP]", "[sep]")])
    assert similar(plain, shouted) > 0.9999, "case means nothing to this model, in brackets too"


def test_a_long_text_is_cut_at_the_context(embedder: LlamaEmbedder) -> None:
    long, longer, much_longer = ("hammer " * count for count in (CONTEXT - 2, CONTEXT, 9 * CONTEXT))
    vectors = embedder.embed([long, longer, much_longer, SENTENCES[0]])
    assert similar(vectors[0], vectors[1]) > 0.9999
    assert similar(vectors[0], vectors[2]) > 0.9999
    assert similar(vectors[3], embedder.embed([SENTENCES[0]])[0]) > 0.9999


# ------------------------------------------------------------------------------------------------- files and settings


def config(**settings: object) -> Config:
    return load(settings, environ={})


def test_a_model_that_talks_is_refused(random_model: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"is not an embedding model.*MiniLM"):
        load_embedder(config(embedding=str(random_model)))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, 'no model file .*"minilm"'), (b"text", "not a GGUF"), (b"GGUF\3\0\0\0half", "cannot load")],
)
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    file = tmp_path / "embedding.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=complaint):
        load_embedder(config(embedding=str(file)))


def test_a_file_of_the_users(path: Path) -> None:
    embedder = load_embedder(config(embedding=str(path), threads=1))
    assert embedder is not None
    assert (embedder.name, embedder.dimensions) == ("all-MiniLM-L6-v2", 384)
    embedder.close()


def test_off_is_off() -> None:
    assert load_embedder(config(embedding="off")) is None


def test_auto_is_minilm_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choice(config()) == "minilm"
    monkeypatch.setattr(minilm, "installed", lambda: False)
    assert choice(config()) == "off"
    assert load_embedder(config()) is None


def test_minilm_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "LIBRARIES", ("safetensors", "no_such_library"))
    with pytest.raises(ModelUnavailable, match=r'no_such_library must be .* pip install "npc-runtime\[semantic\]"'):
        minilm.ensure_minilm(tmp_path)


def test_the_file_is_written_once_and_whole(path: Path) -> None:
    written = path.stat().st_mtime_ns
    assert minilm.ensure_minilm(path.parent) == path
    assert path.stat().st_mtime_ns == written
    assert list(path.parent.iterdir()) == [path], "nothing unfinished is left"


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Path, target: Path) -> None:
        target.write_bytes(b"GGUF, as far as it went")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(minilm, "_convert", fail)
    with pytest.raises(ModelUnavailable, match="No space left"):
        minilm.ensure_minilm(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_package_is_not_imported(path: Path) -> None:
    assert "sentence_transformers" not in sys.modules


def test_the_doctor_says_which_is_in_force(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "all-MiniLM-L6-v2, 44 MiB" in doctor._embedding(config(embedding=str(path))).found
    assert doctor._embedding(config(embedding="off")).todo == ""
    assert doctor._embedding(config(embedding="nowhere.gguf")).status == "fail"
    monkeypatch.setattr(minilm, "installed", lambda: False)
    finding = doctor._embedding(config())
    assert finding.status == "ok"
    assert "off" in finding.found
    assert "npc-runtime[semantic]" in finding.todo
