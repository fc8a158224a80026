"""`/metrics`: what Prometheus reads of a real daemon, and who else may not."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import RunningDaemon, StartDaemon
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parsed

from npc_runtime.config import load
from npc_runtime.engine.request import Priority
from npc_runtime.errors import ConfigError

ROOT = Path(__file__).parent.parent
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def measured(start_daemon: StartDaemon) -> RunningDaemon:
    return start_daemon("--metrics", "127.0.0.1:0", "--barks", "never")


def address(daemon: RunningDaemon) -> str:
    found = re.search(r"metrics at (http://127\.0\.0\.1:\d+/metrics)", daemon.log)
    assert found, daemon.log
    return found[1]


def get(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return str(answer.read().decode())


def scraped(daemon: RunningDaemon) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parsed(get(address(daemon)))
        for sample in family.samples
    }


def test_counters_rise_with_a_reply(measured: RunningDaemon, world: str) -> None:
    before = scraped(measured)
    with measured.peer() as peer:
        peer.village(world, "mira")
        said = {"from": "player:alexandrina", "to": "mira", "text": "What happened to the zeppelin?"}
        end = peer.reply(peer.send("say", world=world, **said))[-1]
        assert peer.ask("health")["worlds"] == 1
    after = scraped(measured)

    def rose(name: str, **labels: str) -> float:
        key = (f"npc_runtime_{name}", tuple(labels.items()))
        return after[key] - before[key]

    assert rose("replies_total", source=end["source"]) == 1
    assert rose("generated_tokens_total") > 0
    assert rose("prompt_tokens_total", source="computed") > 0
    assert rose("steps_total") > 0
    assert 0 < rose("decode_seconds_total") <= rose("step_seconds_total")
    assert rose("uptime_seconds") > 0
    assert after[("npc_runtime_duty", ())] == 1.0
    assert rose("worlds") == 1
    assert after[("npc_runtime_slots", (("state", "resting"),))] >= 1
    assert after[("npc_runtime_degraded", ())] == 0
    assert ("npc_runtime_first_word_seconds_count", (("class", "player"),)) in after
    assert rose("first_word_seconds_count", **{"class": "player"}) == 1
    assert rose("first_word_seconds_sum", **{"class": "player"}) == pytest.approx(end["first_word"], abs=1e-5)
    assert rose("first_word_seconds_bucket", **{"class": "player", "le": "+Inf"}) == 1
    for one in Priority:
        assert after[("npc_runtime_waiting", (("class", one.name.lower()),))] == 0


def test_it_is_what_prometheus_reads(measured: RunningDaemon) -> None:
    text = get(address(measured))
    assert all(family.documentation.endswith(".") for family in parsed(text) if family.name.startswith("npc_runtime"))
    openmetrics = get(address(measured), Accept="application/openmetrics-text; version=1.0.0")
    names = [family.name for family in parsed_openmetrics(openmetrics)]  # type: ignore[no-untyped-call]
    assert len(names) == len(set(names))
    assert "npc_runtime_first_word_seconds" in names


def test_it_tells_of_nobody(measured: RunningDaemon) -> None:
    with measured.peer() as peer:
        peer.village("the-secret-village", "mira")
        said = {"from": "player:alexandrina", "to": "mira", "text": "What happened to the zeppelin?"}
        peer.reply(peer.send("say", world="the-secret-village", **said))
        text = get(address(measured)).lower()
    assert not [word for word in ("alexandrina", "mira", "zeppelin", "secret", "hollowmere") if word in text]


def test_there_is_nothing_else(measured: RunningDaemon) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(address(measured).replace("/metrics", "/"))


def test_who_connects_and_says_nothing_costs_no_threads(measured: RunningDaemon) -> None:
    host, _, port = address(measured).removeprefix("http://").removesuffix("/metrics").partition(":")
    process = psutil.Process(measured.launched.process.pid)
    with contextlib.ExitStack() as strangers:
        strangers.enter_context(socket.create_connection((host, int(port))))
        before = process.num_threads()
        for _ in range(4):
            strangers.enter_context(socket.create_connection((host, int(port))))
        with measured.peer() as peer:
            assert peer.ask("ping")["type"] == "pong"
        assert process.num_threads() <= before
    assert scraped(measured), "they are gone"


def serve(data_dir: Path, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "npc_runtime", "serve", "--data-dir", str(data_dir), "--bind", "tcp://127.0.0.1:0"]
    return subprocess.run(
        [*command, "--events-bind", "tcp://127.0.0.1:0", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH")]))},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_told(taken: int, tmp_path: Path) -> None:
    done = serve(tmp_path, "--metrics", str(taken))
    assert done.returncode != 0
    assert f"cannot serve metrics at 127.0.0.1:{taken}: the address is in use" in done.stderr
    assert "take any free port with --metrics 127.0.0.1:0" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    stub = tmp_path / "prometheus_client"
    stub.mkdir()
    (stub / "__init__.py").write_text("raise ModuleNotFoundError('none', name='prometheus_client')", encoding="utf-8")
    done = serve(tmp_path / "data", "--metrics", "0", path=str(tmp_path))
    assert done.returncode != 0
    assert "--metrics needs the package prometheus_client, which is not installed" in done.stderr
    assert 'pip install "npc-runtime[metrics]"' in done.stderr


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("9464", "127.0.0.1:9464"),
        (":9464", "127.0.0.1:9464"),
        ("localhost:9464", "localhost:9464"),
        ("0.0.0.0:9464", "0.0.0.0:9464"),
        ("[::1]:9464", "[::1]:9464"),
        ("", ""),
    ],
)
def test_an_address_that_others_reach_has_to_be_named(given: str, meant: str) -> None:
    assert load({"metrics": given}, environ={}).metrics == meant


@pytest.mark.parametrize("given", ["here", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:1", "::1:9464", "a b:1"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ConfigError, match=r"metrics = .* write it like 127\.0\.0\.1:9464, or the port alone"):
        load({"metrics": given}, environ={})
