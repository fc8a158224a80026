"""Playing scenes against a real daemon, in a process of its own, so that no other game's characters are disturbed."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from itertools import groupby

from npc_runtime.cli import flags
from npc_runtime.client import Runtime, connect
from npc_runtime.config import DEFAULT, Config
from npc_runtime.errors import SceneError
from npc_runtime.scenes.outcome import Outcome
from npc_runtime.scenes.play import Play
from npc_runtime.scenes.schema import Scene
from npc_runtime.scenes.show import Nobody, Show

SEEDS_A_PLAY = 1000
"""Each line of a play has a seed of its own, and each repetition other ones."""


async def play(scene: Scene, config: Config, show: Show) -> Outcome:
    """Plays one scene. Raises SceneError naming file and line when the daemon refuses a step."""
    async with _daemon(config, _model(scene, config)) as runtime:
        outcome = await Play(runtime, scene, show, _seed(scene, config)).run()
    if outcome.error:
        raise SceneError(outcome.error)
    return outcome


async def evaluate(
    scenes: Sequence[Scene], config: Config, *, repeat: int = 1, show: Show | None = None
) -> list[Outcome]:
    """Plays every scene `repeat` times, with one daemon for each model. A scene that breaks off fails what is left."""
    outcomes = []
    by_model = sorted(scenes, key=lambda scene: _model(scene, config))
    for model, group in groupby(by_model, key=lambda scene: _model(scene, config)):
        async with _daemon(config, model) as runtime:
            for scene in group:
                seed = _seed(scene, config)
                for repetition in range(repeat):
                    start = None if seed is None else seed + repetition * SEEDS_A_PLAY
                    outcome = await Play(runtime, scene, show or Nobody(), start).run()
                    outcome.model = model
                    outcomes.append(outcome)
    return outcomes


def _model(scene: Scene, config: Config) -> str:
    """The model that the user named, else the scene's, which is a file; servers have models of their own."""
    if config.engine:
        return config.model
    return config.model if config.model != DEFAULT else scene.model or DEFAULT


def _seed(scene: Scene, config: Config) -> int | None:
    return config.seed if config.seed is not None else scene.seed


@contextlib.asynccontextmanager
async def _daemon(config: Config, model: str) -> AsyncIterator[Runtime]:
    with tempfile.TemporaryDirectory(prefix="npc-runtime-", ignore_cleanup_errors=True) as folder:
        arguments = flags.arguments(config.model_copy(update={"model": model}), flags.MIND)
        async with connect(data_dir=folder, name="scenes", arguments=arguments) as runtime:
            yield runtime
