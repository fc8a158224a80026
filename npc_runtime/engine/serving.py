"""Who writes for a daemon: a model on this machine, servers elsewhere, or nobody. The daemon does not ask which."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from npc_runtime import bundle
from npc_runtime.config import DEFAULT, Config, size
from npc_runtime.engine import gpu
from npc_runtime.engine.books import EngineStats
from npc_runtime.engine.bridge import Bridge
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.governing.deaths import SURVIVED_SECONDS, Deaths
from npc_runtime.engine.governing.governor import Frame, Limits, Measures
from npc_runtime.engine.governing.steward import Steward
from npc_runtime.engine.llama.library import build_info
from npc_runtime.engine.llama.model import LlamaModel
from npc_runtime.engine.placement.machine import machine
from npc_runtime.engine.profile import RULES, ModelProfile, profile
from npc_runtime.engine.request import Writer
from npc_runtime.engine.scheduling.parking import FOLDER, Parking
from npc_runtime.errors import ModelUnavailable

if TYPE_CHECKING:
    from npc_runtime.engine.remote.replica import Replica

log = logging.getLogger(__name__)

MEETING_SECONDS = 20.0
"""How long a daemon that starts waits for servers to be met; it starts without them, too."""
INSTALL = (
    "a bundle has the model inside; a server runs from an installation with the extra `remote`"
    if bundle.inside()
    else 'run pip install "npc-runtime[remote]"'
)
MANY = 1 << 30
"""Tokens of context, where a server does not say how many there are."""


class Serving(Protocol):
    """What a daemon needs of whoever writes. `writer` is None where nobody ever will."""

    writer: Writer | None
    profile: ModelProfile

    @property
    def model_name(self) -> str:
        """What the model calls itself; empty where there is none."""

    @property
    def stats(self) -> EngineStats:
        """The books."""

    @property
    def place(self) -> str:
        """Where it runs, and why not where it could."""

    @property
    def plan(self) -> str:
        """How the model lies in memory; empty: nobody planned it."""

    @property
    def cards(self) -> Sequence[gpu.Card]:
        """What the cards of this machine had free a moment ago, where a model runs here."""

    @property
    def trouble(self) -> str:
        """Why nothing is written now, and what to do; empty: it is."""

    @property
    def measures(self) -> Measures:
        """How far it is held back, and why."""

    def look(self, frame: Frame | None, limits: Limits) -> None:
        """Sees to it that it lives, and keeps to what games leave it; called once a second or so."""

    async def close(self) -> None:
        """Ends all that it writes."""


class Nobody:
    """There is no model: characters speak lines of their own."""

    writer: Writer | None = None
    profile, model_name, place, plan = RULES, "", "no model", ""
    cards: Sequence[gpu.Card] = ()
    measures = Measures()

    def __init__(self, trouble: str) -> None:
        self.trouble = trouble

    @property
    def stats(self) -> EngineStats:
        """Empty books."""
        return EngineStats()

    def look(self, frame: Frame | None, limits: Limits) -> None:
        """Nobody to see to."""

    async def close(self) -> None:
        """Nothing to end."""


class Here:
    """A model on this machine."""

    def __init__(self, config: Config) -> None:
        """Loads it. Raises ModelUnavailable, and ConfigError for settings that no prompt fits into."""
        self._deaths = Deaths(config.data_dir)
        allowed = self._deaths.vram
        if allowed is not None:
            allowed = min(allowed, machine(reserve=size(config.reserve), threads=1).vram)
        model = LlamaModel(config, vram=allowed)
        try:
            parking = Parking(config.parked_ram << 20, config.parked_disk << 20, config.data_dir / FOLDER)
            self._engine = Engine(model, parking, shrink=model.shrink)
        except ModelUnavailable:  # its chat template is of no use
            model.close()
            raise
        self._model, self.profile = model, model.profile
        if model.plan is not None:
            log.info("the plan: %s", model.plan)
        else:
            log.warning("there is no plan: %s", model.unplanned)
        self.writer: Writer | None = Bridge(self._engine, asyncio.get_running_loop())
        offload, cards = build_info().supports_gpu_offload, gpu.cards()
        self._gauge = gpu.Gauge(cards)
        self._machine = gpu.describe(cards, offload=offload)
        if cards and not offload:
            log.warning("%s; to use it: %s", self.place, gpu.REBUILD)
        self._steward = Steward(
            model, self._engine, reserve=size(config.reserve), cards=self._gauge.read if offload else tuple
        )
        self._deaths.note(model.vram)
        self._began = time.monotonic()
        self._engine.start()

    @property
    def plan(self) -> str:
        """How it lies in memory; empty: nobody planned it."""
        return str(self._model.plan or "")

    @property
    def place(self) -> str:
        """Where it runs, and why not where it could."""
        return ", ".join(filter(None, (self._machine, self._model.settled.offload)))

    @property
    def trouble(self) -> str:
        """Why nothing is written now."""
        return self._engine.trouble

    @property
    def model_name(self) -> str:
        """What the model calls itself."""
        return self._engine.model_name

    @property
    def stats(self) -> EngineStats:
        """The books."""
        return self._engine.stats

    @property
    def cards(self) -> Sequence[gpu.Card]:
        """What the cards had free a moment ago."""
        return self._gauge.read()

    @property
    def measures(self) -> Measures:
        """How far it is held back, and why."""
        return self._steward.measures

    def look(self, frame: Frame | None, limits: Limits) -> None:
        """Begins again where the engine's thread has ended, and keeps to what games leave the model."""
        self._engine.look()
        self._steward.look(frame, limits & Limits(vram=self._deaths.vram))
        self._deaths.note(self._model.vram)
        if time.monotonic() - self._began > SURVIVED_SECONDS:
            self._deaths.survived()

    async def close(self) -> None:
        """Ends every request and frees the model."""
        self._engine.close()
        self._deaths.end()


class Elsewhere:
    """Servers that speak OpenAI's API."""

    plan = ""
    cards: Sequence[gpu.Card] = ()
    measures = Measures()

    def __init__(self, config: Config) -> None:
        """Raises ModelUnavailable where a package is missing, ConfigError for a wrong address or key."""
        try:
            from npc_runtime.engine.remote.engine import PLACES, RemoteEngine
            from npc_runtime.engine.remote.keys import check_addresses, in_clear, read_key
        except ModuleNotFoundError as error:
            raise ModelUnavailable(
                f"--engine needs the package {error.name}, which is not installed",
                hint=INSTALL,
            ) from None
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it names every request
        check_addresses(config.engine)
        key, places = read_key(config.engine_key), config.slots or PLACES
        for url in config.engine if key else ():
            if in_clear(url):
                log.warning("the key for %s goes over the network in clear; use https", url)
        model = "" if config.model == DEFAULT else config.model
        self._engine = RemoteEngine(config.engine, key=key, model=model, places=places)
        self.writer: Writer | None = self._engine
        suits = profile(MANY, config)
        self.profile = replace(suits, slots=places * len(config.engine))

    async def open(self, patience: float = MEETING_SECONDS) -> None:
        """Meets the servers, `patience` seconds long. Those that cannot be reached are met later."""
        await self._engine.open(patience)
        if self.trouble:
            log.warning("no model, characters speak fallback lines only: %s", self.trouble)

    @property
    def replicas(self) -> Sequence[Replica]:
        """The servers."""
        return self._engine.pool.replicas

    @property
    def model_name(self) -> str:
        """What it is called where it is served."""
        return self._engine.model_name

    @property
    def stats(self) -> EngineStats:
        """The books."""
        return self._engine.stats

    @property
    def place(self) -> str:
        """The servers, and how each is."""
        return self._engine.place

    @property
    def trouble(self) -> str:
        """Why none of them can be asked."""
        return self._engine.pool.trouble

    def look(self, frame: Frame | None, limits: Limits) -> None:
        """They are looked after where they are."""

    async def close(self) -> None:
        """Ends every request."""
        await self._engine.close()


async def start(config: Config) -> Serving:
    """Whoever is to write. Raises ConfigError; without a model there is Nobody, and the log says why."""
    try:
        if config.engine:
            elsewhere = Elsewhere(config)
            await elsewhere.open()
            log.info("the model is %s", elsewhere.profile)
            return elsewhere
        here = Here(config)
    except ModelUnavailable as error:
        log.warning("no model, characters speak fallback lines only: %s", error)
        return Nobody(str(error))
    log.info("the model is %s", here.profile)
    return here
