"""`/metrics`, for Prometheus: `health.report` in its words, made anew for each scrape. There are no other counters.

Whoever reaches the address may read it, without token or key. So no id, no name and nothing that was said is in it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import errno
import logging
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, ProcessCollector, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from npc_runtime.errors import ConfigError
from npc_runtime.wire.door import reachable
from npc_runtime.wire.messages import Books, HealthReport, Tiers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from prometheus_client.core import Metric

log = logging.getLogger(__name__)

PATH = "/metrics"
PATIENCE_SECONDS = 5.0
"""For a scraper that has connected and says nothing, and for an event loop that does not come round to it."""


class Metrics(Collector):
    """Listens from construction on, and answers from `start` to `close`, in a thread of its own."""

    _health: Callable[[], HealthReport]

    def __init__(self, address: str) -> None:
        """`address` is `host:port`. Raises ConfigError naming it and what to do."""
        host, _, port = address.rpartition(":")
        try:
            self._server = _Server(host.strip("[]"), int(port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise ConfigError(
                f"cannot serve metrics at {address}: {'the address is in use' if taken else error.strerror}",
                hint=f"take any free port with --metrics {host}:0" if taken else "--metrics 127.0.0.1:0 will do",
            ) from None
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        self._scraped: Callable[[WSGIEnvironment, StartResponse], list[bytes]] = make_wsgi_app(self._registry)
        self._server.set_app(self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self.address = f"http://{host}:{self._server.server_port}{PATH}"
        if reachable(f"tcp://{address}"):
            log.warning("whoever reaches %s can read the metrics; nothing that was said is in them", self.address)

    def start(self, health: Callable[[], HealthReport]) -> None:
        """Begins to answer. `health` is called on the event loop that runs now."""
        self._health, self._loop = health, asyncio.get_running_loop()
        self._thread.start()

    async def close(self) -> None:
        """Answers whom it is answering, and no more."""
        if self._thread.is_alive():
            await asyncio.to_thread(self._server.shutdown)  # a scrape that is under way needs this event loop
        self._server.server_close()

    def collect(self) -> Iterator[Metric]:
        """The metrics as they are now. Raises TimeoutError of `concurrent.futures`."""
        yield from families(asyncio.run_coroutine_threadsafe(self._report(), self._loop).result(PATIENCE_SECONDS))

    async def _report(self) -> HealthReport:
        return self._health()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        plain = [("Content-Type", "text/plain; charset=utf-8")]
        if environ["PATH_INFO"] != PATH:
            start_response("404 Not Found", plain)
            return [f"there is only {PATH}\n".encode()]
        try:
            return self._scraped(environ, start_response)
        except concurrent.futures.TimeoutError:
            start_response("503 Service Unavailable", plain)
            return [b"the daemon is too busy to count\n"]


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE_SECONDS

    def log_message(self, *_: Any) -> None:
        """Scrapes are nothing to tell of."""


class _Server(WSGIServer):
    """One connection at a time: however many a stranger opens, they cost the daemon no threads and no descriptors."""

    allow_reuse_address = os.name == "posix"  # elsewhere that would share a port which somebody else has

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """As the base class does, but that asks the network for the machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def handle_error(self, *_: Any) -> None:
        """A scraper that went away, or said nothing."""
        log.debug("a scrape broke off", exc_info=True)


def families(report: HealthReport) -> Iterator[Metric]:
    """A report as metrics."""
    yield InfoMetricFamily(
        "npc_runtime", "Which program and model this is.", {"version": report.version, "model": report.model}
    )
    degraded, unkept = report.status == "degraded", bool(report.memory)
    yield _gauge("degraded", "1: characters speak fallback lines only; health says why.", degraded)
    yield _gauge("memory_unkept", "1: memories cannot be written to the disk; health says why.", unkept)
    yield _gauge("duty", "Share of the time that the model may compute; health says why.", report.budget.duty)
    yield _gauge("uptime_seconds", "Seconds since the daemon started.", report.uptime)
    yield _gauge("sessions", "Clients that have a session.", report.sessions)
    yield _gauge("worlds", "Worlds that are open.", report.worlds)
    yield _counters("replies", "Replies that were spoken, by who wrote them.", "source", report.replies.model_dump())
    yield _counter("generated_tokens", "Tokens that the model wrote.", report.tokens)
    yield _counter("steps", "Steps of the engine: each computes for all who speak.", report.steps)
    yield _counter("step_seconds", "Seconds inside the engine's steps.", report.step_seconds)
    if report.books is not None:
        yield from _books(report.books)


def _books(books: Books) -> Iterator[Metric]:
    yield from _requests(books)
    prompts = {"computed": books.prompt_tokens, "reused": books.reused_tokens}
    yield _counters("prompt_tokens", "Tokens of prompts, computed or computed before.", "source", prompts)
    yield _counter("decode_seconds", "Of the seconds in steps, those inside the model.", books.decode_seconds)
    if books.tiers is not None:
        yield from _tiers(books.tiers)
    vram = GaugeMetricFamily("npc_runtime_vram_bytes", "Memory of the graphics cards.", labels=("card", "state"))
    for number, card in enumerate(books.vram):
        vram.add_metric((str(number), "used"), max(0, card.total - card.free))
        vram.add_metric((str(number), "free"), card.free)
    yield vram


def _requests(books: Books) -> Iterator[Metric]:
    queues = {queue.priority: queue for queue in books.queues}
    speaking = {name: queue.speaking for name, queue in queues.items()}
    waiting = {name: queue.waiting for name, queue in queues.items()}
    yield _gauges("speaking", "Requests that are being written.", "class", speaking)
    yield _gauges("waiting", "Requests that wait for a slot.", "class", waiting)
    first = HistogramMetricFamily(
        "npc_runtime_first_word_seconds",
        "Time from a line to the first word of its reply, where a model was needed.",
        labels=("class",),
    )
    bounds = [*map(str, books.first_word_bounds), "+Inf"]
    for name, queue in queues.items():
        if queue.first_words:
            counts = accumulate(queue.first_words)
            first.add_metric((name,), list(zip(bounds, counts, strict=True)), queue.first_word_seconds)
    yield first


def _tiers(tiers: Tiers) -> Iterator[Metric]:
    slots, parked = tiers.slots, {"ram": tiers.ram, "disk": tiers.disk}
    states = {"speaking": slots.speaking, "resting": slots.resting, "empty": slots.empty}
    tokens = {"held": slots.tokens, "free": max(0, slots.room - slots.tokens)}
    yield _gauges("slots", "Slots of the model by what they hold.", "state", states)
    yield _gauges("slot_tokens", "Tokens in the slots, and that there is room for.", "state", tokens)
    characters = {tier: found.characters for tier, found in parked.items()}
    yield _gauges("parked_characters", "Characters whose slot somebody else has.", "tier", characters)
    sizes = {tier: found.bytes for tier, found in parked.items()}
    yield _gauges("parked_bytes", "What was computed of these.", "tier", sizes)
    limits = {tier: found.limit for tier, found in parked.items()}
    yield _gauges("parked_limit_bytes", "The most of that.", "tier", limits)
    resumed = {tier: found.resumed for tier, found in parked.items()}
    yield _counters("resumed", "Characters that came back from there.", "tier", resumed)
    yield _counter("given_up", "Characters that are computed again, for want of room.", tiers.given_up)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"npc_runtime_{name}", told, value)


def _counter(name: str, told: str, value: float) -> Metric:
    return CounterMetricFamily(f"npc_runtime_{name}", told, value)


def _gauges(name: str, told: str, label: str, values: dict[str, int]) -> Metric:
    return _labelled(GaugeMetricFamily(f"npc_runtime_{name}", told, labels=(label,)), values)


def _counters(name: str, told: str, label: str, values: dict[str, int]) -> Metric:
    return _labelled(CounterMetricFamily(f"npc_runtime_{name}", told, labels=(label,)), values)


def _labelled(family: GaugeMetricFamily | CounterMetricFamily, values: dict[str, int]) -> Metric:
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
