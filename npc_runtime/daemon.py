"""The composition root: builds the parts, runs them, and closes them in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import npc_runtime
from npc_runtime import bundle, process
from npc_runtime.config import Config
from npc_runtime.dialogue.director import Director
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.generation.reflection import Reflecting
from npc_runtime.dialogue.generation.sketch import Sketching
from npc_runtime.engine import embedding, serving
from npc_runtime.errors import ConfigError, ModelUnavailable
from npc_runtime.wire import endpoint, permissions, token
from npc_runtime.wire.archive import Archive
from npc_runtime.wire.books import books
from npc_runtime.wire.budget import Budget
from npc_runtime.wire.dispatch import Dispatch
from npc_runtime.wire.gate import Gates
from npc_runtime.wire.greeting import Greeting
from npc_runtime.wire.lifecycle import Lifecycle
from npc_runtime.wire.messages import BudgetState, HealthReport, ReplyCounts
from npc_runtime.wire.server import Server
from npc_runtime.wire.services import services
from npc_runtime.wire.session import Sessions
from npc_runtime.world.worlds import Worlds

if TYPE_CHECKING:
    from npc_runtime.wire.metrics import Metrics

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
FAREWELL_SECONDS = 1.0
"""How long replies in flight get to end when the daemon stops."""
METRICS_INSTALL = (
    "a bundle has no metrics; an installation with the extra `metrics` does"
    if bundle.inside()
    else 'run pip install "npc-runtime[metrics]"'
)
UNTAUGHT = "the model in force is too small to describe creatures"
THREAD_SWITCH_SECONDS = 0.0005
"""How long the engine's thread may keep the interpreter while a message waits; Python's default is ten times that."""


class Daemon:
    """One daemon. `run` serves until `stop` is called, a signal arrives, or the parent process ends."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._started = time.monotonic()
        self._worlds = Worlds()
        self._budget = Budget()
        self._embedder: embedding.Embedder | None = None

    async def run(self) -> None:
        """Serves. Raises ConfigError, Conflict or StorageError when it cannot start."""
        config = self._config
        self._stopped = asyncio.Event()
        async with contextlib.AsyncExitStack() as closing:
            registration = endpoint.Registration(config.data_dir)
            closing.callback(registration.withdraw)
            _close_to_others(config.data_dir)
            server = Server(config, token.load_or_create(config.data_dir, registration))
            closing.callback(server.close)
            metrics = _new_metrics(config.metrics)
            if metrics is not None:
                closing.push_async_callback(metrics.close)
            self._serving = await serving.start(config)
            closing.push_async_callback(self._serving.close)
            self._sessions = Sessions(server, config.session_expiry)
            self._archive = self._new_archive()
            closing.push_async_callback(self._archive.close_all)
            self._director = self._new_director()
            closing.callback(self._director.stop)
            dispatch = self._new_dispatch(server)
            closing.push_async_callback(dispatch.close)
            closing.push_async_callback(self._end_sessions)
            closing.callback(dispatch.stop)
            loading = asyncio.create_task(self._load_embedder())
            closing.callback(loading.cancel)
            server.start(dispatch.receive, dispatch.gone)
            if metrics is not None:
                metrics.start(self.health)
                log.info("metrics at %s", metrics.address)
            announced = endpoint.of_this_process(server.endpoint, server.events_endpoint, server.server_key)
            registration.announce(announced)
            closing.enter_context(process.signals(self.stop))
            how = "; clients show keys" if server.server_key else ""
            log.info("ready at %s, events at %s%s", server.endpoint, server.events_endpoint, how)
            await self._watch(dispatch, server)
        log.info("stopped")

    def stop(self) -> None:
        """Ends `run`. May be called from a signal handler on the event loop."""
        self._stopped.set()

    def health(self, only: str | None = None) -> HealthReport:
        """How the daemon is, or how it is with one world; `re` is left for the caller to fill in."""
        serving, replies = self._serving, self._director.replies
        stats, measures = serving.stats, serving.measures
        return HealthReport(
            re="",
            status="degraded" if serving.trouble else "ok",
            reason=serving.trouble,
            version=npc_runtime.__version__,
            model=serving.model_name,
            gpu=serving.place,
            uptime=time.monotonic() - self._started,
            sessions=len(self._sessions),
            worlds=len(self._worlds) if only is None else int(only in self._worlds),
            speaking=stats.speaking,
            waiting=stats.waiting,
            tokens=stats.generated,
            steps=stats.steps,
            step_seconds=round(stats.step_time, 6),
            balanced=stats.balanced,
            replies=ReplyCounts(model=replies["model"], bark=replies["bark"], fallback=replies["fallback"]),
            without_model=round(replies["bark"] / max(1, replies.total()), 4),
            books=books(serving, stats, self._director.first_words, only),
            memory=self._archive.trouble(only),
            budget=BudgetState(level=measures.level, duty=measures.duty, why=measures.why),
        )

    async def _load_embedder(self) -> None:
        """Without an embedding model memories are found by their words alone."""
        try:
            self._embedder = await asyncio.to_thread(embedding.load_embedder, self._config)
        except ModelUnavailable as error:
            log.warning("memories are found by words alone: %s", error)

    def _new_archive(self) -> Archive:
        reflecting = Reflecting(self._serving.writer if self._serving.profile.describes else None)
        return Archive(self._config.world_file, lambda: self._embedder, reflecting)

    def _new_director(self) -> Director:
        config = self._config
        return Director(
            writer=self._serving.writer,
            profile=self._serving.profile,
            temperature=config.temperature,
            deadline=config.deadline,
            seed=config.seed,
            heard_timeout=config.heard_timeout,
            barks=config.barks,
            refuses=lambda priority: self._serving.measures.refuses(priority),
        )

    def _new_dispatch(self, server: Server) -> Dispatch:
        config, worlds, director, sessions, gates = self._config, self._worlds, self._director, self._sessions, Gates()
        greeting = Greeting(config, sessions, self.health, server.events_endpoint)
        most, idle = config.open_worlds, config.world_idle
        lifecycle = Lifecycle(worlds, director, sessions, self._archive, gates, most=most, idle=idle)
        feedback = FeedbackFile(config.feedback_file, self._serving.model_name)
        untaught = self._serving.writer is not None and not self._serving.profile.describes
        sketching = Sketching(self._serving.writer, unasked=UNTAUGHT if untaught else "")
        others = services(worlds, director, sessions, lifecycle, feedback, sketching, self._budget)
        return Dispatch(server, sessions, gates, lifecycle, [greeting, lifecycle, *others])

    async def _watch(self, dispatch: Dispatch, server: Server) -> None:
        """Looks after sessions, worlds, the disk and the parent, until the daemon is to stop."""
        parent = process.parent(self._config.exit_with_parent)
        tick = min(TICK_SECONDS, self._config.session_expiry / 4)
        while not self._stopped.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), tick)
            now = time.monotonic()
            self._sessions.expire(now)
            self._sessions.keep(server.admits)
            server.look()
            self._serving.look(self._budget.frame, self._budget.limits)
            self._sessions.beat(now, self._config.heartbeat / 2)
            dispatch.rest()
            self._archive.catch_up()
            if self._config.exit_with_parent is not None and not process.lives(parent):
                log.info("process %d is gone, so this daemon stops", self._config.exit_with_parent)
                return

    async def _end_sessions(self) -> None:
        """Lets the replies in flight end as cancelled, then ends the sessions."""
        tasks = [task for session in self._sessions for task in session.tasks]
        for session in self._sessions:
            for saying in session.sayings.values():
                saying.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=FAREWELL_SECONDS)
        for session in self._sessions:
            self._sessions.end(session.peer, "the daemon stops")
        await asyncio.gather(*tasks, return_exceptions=True)


def serve(config: Config) -> None:
    """Runs a daemon in this process until it is told to stop. Raises RuntimeFault when it cannot start."""
    process.log_to_stderr(json_lines=config.log_json)
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    os.umask(0o077)  # what players say is nobody else's business
    process.allow_files()
    # The sockets need add_reader, which the default event loop of Windows does not have.
    loop = asyncio.SelectorEventLoop()
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(Daemon(config).run())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _new_metrics(address: str) -> Metrics | None:
    """None where nobody wants any. Raises ConfigError."""
    if not address:
        return None
    try:
        from npc_runtime.wire.metrics import Metrics
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--metrics needs the package {error.name}, which is not installed", hint=METRICS_INSTALL
        ) from None
    return Metrics(address)


def _close_to_others(data_dir: Path) -> None:
    try:
        closed = permissions.close_to_others(data_dir)
    except OSError as error:
        log.warning("others may be able to read %s: %s", data_dir, error.strerror)
    else:
        if closed:
            log.warning("others could read %d files and folders in %s; now only you can", closed, data_dir)
