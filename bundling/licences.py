"""The licences of what is bundled, in a folder of the bundle: of Python, each package, the system's libraries."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from bundling import models
from npc_runtime.bundle import NAME

FOLDER = "licences"
_NAMES = ("licen", "copying", "notice", "authors")


def write(folder: Path, work: Path) -> None:
    """Copies them, and writes an index that says what each is for."""
    target = folder / FOLDER
    target.mkdir()
    lines = [
        "NPC Runtime is under the Apache License 2.0 (../LICENSE). Here are the licences of what it brings along.\n",
        *_of_python(target),
        *_of_packages(target, _modules(work)),
        *_of_system(target, folder, work),
    ]
    (target / "INDEX.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _of_python(target: Path) -> Iterator[str]:
    places = (Path(sysconfig.get_path("stdlib"), "LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt"))
    if found := next((place for place in places if place.is_file()), None):
        shutil.copy(found, target / "python.txt")
    yield f"- Python {sys.version.split()[0]}: Python Software Foundation License"
    yield "- the loader in the program is PyInstaller's: GPL-2.0 with an exception that lets it be in any program"


def _modules(work: Path) -> set[str]:
    """The top names of all modules that PyInstaller put into the program, and beside it."""
    from PyInstaller.archive.readers import ZlibArchiveReader

    pure = ZlibArchiveReader(str(next(work.rglob("PYZ-*.pyz")))).toc
    return {name.partition(".")[0] for name in pure} | {"npc_runtime"}


def _of_packages(target: Path, modules: set[str]) -> Iterator[str]:
    notes = dict(models.licensed())
    owners = metadata.packages_distributions()
    distributions = {owner for module in modules | notes.keys() for owner in owners.get(module, ())} | {"pyinstaller"}
    for name in sorted(distributions - {NAME}, key=str.lower):
        found = metadata.distribution(name)
        texts = [file for file in found.files or () if _is_licence(file.as_posix())]
        for text in texts:
            if (source := Path(str(found.locate_file(text)))).is_file():
                (target / name).mkdir(exist_ok=True)
                shutil.copy(source, target / name / source.name)
        said = found.metadata.json
        told = said.get("license_expression") or str(said.get("license", "")).partition("\n")[0]
        classes = [line.rpartition(" :: ")[2] for line in said.get("classifier", ()) if line.startswith("License ::")]
        note = next((f" ({note})" for module, note in notes.items() if name in owners.get(module, ())), "")
        yield f"- {name} {found.version}: {told or ', '.join(classes) or 'see its text'}{note}"


def _is_licence(path: str) -> bool:
    parts = path.lower().split("/")
    named = parts[-1].startswith(_NAMES)
    return "licenses" in parts[1:-1] or (named and ".dist-info" in parts[0])


def _of_system(target: Path, folder: Path, work: Path) -> Iterator[str]:
    """Libraries of the system that went along; Debian and its like know whose they are, and under what licence."""
    for name, source in sorted(_from_system(work)):
        owner = _owner(source)
        text = Path("/usr/share/doc", owner, "copyright")
        if owner and text.is_file():
            shutil.copy(text, target / f"{owner}.txt")
        yield f"- {name}: of the system" + (f", package {owner}" if owner else "")


def _from_system(work: Path) -> Iterator[tuple[str, Path]]:
    import ast

    for toc in work.rglob("COLLECT-*.toc"):
        for entries in ast.literal_eval(toc.read_text(encoding="utf-8")):
            for name, source, kind in entries if isinstance(entries, list) else ():
                if kind == "BINARY" and source.startswith(("/usr/lib/", "/lib/")):
                    yield name, Path(source)


def _owner(library: Path) -> str:
    """The Debian package that a library is from; empty where that cannot be told."""
    for path in {str(library), str(library.resolve()), str(library.resolve()).removeprefix("/usr")}:
        try:
            answer = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        except OSError:
            return ""
        if answer.returncode == 0:
            return answer.stdout.partition(":")[0]
    return ""
