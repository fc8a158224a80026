"""What may stand in a scene file. A mistake is an error that names file and line, and what is allowed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from npc_runtime.errors import SceneError, clipped, closest, shown
from npc_runtime.persona.limits import ENTRIES
from npc_runtime.persona.model import Pack
from npc_runtime.persona.pack import INLINE_KEYS, pack_from_mapping
from npc_runtime.persona.parsing import Key
from npc_runtime.scenes.steps import NESTED, STEPS, Act, Argue, AskLore, Encounter, Expect, Mediate, Restore, Say
from npc_runtime.scenes.yaml import Document, read


@dataclass(frozen=True)
class Step:
    """One line of the play. Without an `act`, it checks what was before it, or what somebody remembers."""

    line: int
    act: Act | None
    expect: Expect | None


@dataclass(frozen=True)
class Scene:
    """A checked scene file."""

    file: Path
    name: str
    steps: tuple[Step, ...]
    pack: str | None = None
    own_pack: Pack | None = None
    model: str | None = None
    seed: int | None = None
    tags: tuple[str, ...] = ()


class _Head(BaseModel):
    """Everything of a scene file but its steps."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scene: Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[^\x00-\x1f/\\]+$")]
    pack: str | None = None
    model: str | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    tags: list[str] = []
    world: Any = None
    personas: Any = None
    lore: Any = None
    barks: Any = None
    steps: Annotated[list[Any], Field(min_length=1)]


def load_scene(file: Path) -> Scene:
    """Reads and checks one scene file. Raises SceneError naming file and line, or PackError for the pack it carries."""
    document = read(file)
    if not isinstance(document.value, dict):
        raise document.error((), "a scene is a mapping with the keys scene, pack and steps")
    head = _check(_Head, document.value, document, ())
    own = {key: document.value[key] for key in INLINE_KEYS if key in document.value}
    if own and head.pack:
        raise document.error((next(iter(own)),), "a scene names a `pack` or carries its own, not both")
    steps: list[Step] = []
    spoken = argued = met = False  # since the last restore: what was said before it was never said
    for index, body in enumerate(head.steps):
        step = _step(body, document, ("steps", index))
        spoken = isinstance(step.act, Say | AskLore) or (spoken and not isinstance(step.act, Restore))
        if step.expect and step.expect.of_reply and not spoken:
            raise document.error(("steps", index), "`expect` checks the last reply, and nobody has spoken yet")
        argued = isinstance(step.act, Argue) or (argued and not isinstance(step.act, Restore))
        met = isinstance(step.act, Encounter) or (met and not isinstance(step.act, Restore))
        if step.expect and (step.expect.of_argument or (step.expect.of_turns and not met)) and not argued:
            raise document.error(("steps", index), "`expect` checks the last argument, and nobody has argued yet")
        if step.expect and step.expect.of_encounter and not met:
            raise document.error(("steps", index), "`expect` checks the last encounter, and nobody has met yet")
        if isinstance(step.act, Mediate) and not (steps and isinstance(steps[-1].act, Argue | Mediate)):
            raise document.error(("steps", index), "`mediate` stands right behind the `argue` that it is spoken into")
        steps.append(step)
    return Scene(
        file=file,
        name=head.scene,
        steps=tuple(steps),
        pack=_near(head.pack, file, "pack.yaml") if head.pack else None,
        own_pack=pack_from_mapping(own, source=str(file)) if own else None,
        model=_near(head.model, file) if head.model else None,
        seed=head.seed,
        tags=tuple(head.tags),
    )


def load_folder(folder: Path) -> list[Scene]:
    """Every scene in a folder and the folders in it, in order of path."""
    if folder.is_file():
        return [load_scene(folder)]
    found = list(islice(folder.rglob("*"), ENTRIES + 1))
    if len(found) > ENTRIES:
        raise SceneError(f"there are more than {ENTRIES:,} files in {folder}", hint="name the folder of the scenes")
    files = sorted(file for file in found if file.suffix in (".yaml", ".yml"))
    if not files:
        raise SceneError(f"no scene files in {folder}", hint="a scene is a file that ends in .yaml")
    return [load_scene(file) for file in files]


def _near(name: str, file: Path, inside: str = "") -> str:
    """A path beside the scene file is made absolute, because the daemon runs in a folder of its own."""
    beside = file.parent / name
    return str(beside.resolve()) if os.path.isfile(beside / inside if inside else beside) else name  # of any length


def _step(body: Any, document: Document, path: tuple[Key, ...]) -> Step:
    verbs = ", ".join((*STEPS, "expect"))
    if not isinstance(body, dict):
        raise document.error(path, f"a step is a mapping such as `say: {{...}}`; steps are {verbs}")
    named = [key for key in body if key != "expect"]
    for verb in named:
        if verb not in STEPS:
            raise document.error(
                (*path, verb), f"step `{clipped(verb)}` is unknown{_guess(verb, STEPS)}; supported are {verbs}"
            )
    if len(named) > 1:
        raise document.error(
            path, f"one step has {' and '.join(f'`{verb}`' for verb in named[:4])}; make them two steps"
        )
    act = _check(STEPS[named[0]], body[named[0]], document, (*path, named[0])) if named else None
    expect = _expect(body["expect"], document, (*path, "expect")) if "expect" in body else None
    if act is not None and not isinstance(act, Say | AskLore) and expect and expect.of_reply:
        raise document.error((*path, "expect"), f"`expect` checks a reply, and `{named[0]}` has none")
    if expect and expect.answers and not isinstance(act, AskLore):
        raise document.error((*path, "expect"), "`answers` says who answers an `ask_lore`, and stands behind one")
    if act is not None and expect:
        turns = expect.of_turns and not isinstance(act, Encounter)
        if not isinstance(act, Argue) and (expect.of_argument or turns):
            raise document.error((*path, "expect"), f"`expect` checks an argument, and `{named[0]}` is none")
        if not isinstance(act, Encounter) and expect.of_encounter:
            raise document.error((*path, "expect"), f"`expect` checks an encounter, and `{named[0]}` is none")
    if act is None and expect is None:
        raise document.error(path, f"an empty step; steps are {verbs}")
    return Step(document.line(path), act, expect)


def _expect(body: Any, document: Document, path: tuple[Key, ...]) -> Expect:
    expect = _check(Expect, body, document, path)
    if not expect.model_fields_set:
        raise document.error(path, f"an empty `expect`; there are {', '.join(Expect.model_fields)}")
    return expect


Model = TypeVar("Model", bound=BaseModel)


def _check(model: type[Model], value: Any, document: Document, path: tuple[Key, ...]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        unknown = [problem for problem in error.errors() if problem["type"] == "extra_forbidden"]
        problem = (unknown or error.errors())[0]
    names = {field.alias or name for name, field in model.model_fields.items()}
    loc: Sequence[Key] = problem["loc"]
    key = str(loc[-1]) if loc else ""
    if problem["type"] == "extra_forbidden":
        inside = names if len(loc) == 1 else {of.alias or name for name, of in NESTED[str(loc[0])].model_fields.items()}
        message = f"unknown key `{clipped(key)}`{_guess(key, inside)}; there are {', '.join(sorted(inside))}"
    elif problem["type"] == "missing":
        message = f"`{key}` is missing"
    else:
        where = ".".join(str(part) for part in loc)
        value = f" = {shown(problem['input'])}" if isinstance(problem["input"], str | int | float | bool) else ""
        message = f"{clipped(where)}{value}: {problem['msg']}"
    raise document.error((*path, *loc), message)


def _guess(name: str, known: Iterable[str]) -> str:
    close = closest(name, list(known))
    return f" (did you mean `{close}`?)" if close else ""
