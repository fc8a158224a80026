"""Of a pack, regular files in its folder are read, and what can be sent: the rest is a mistake, and not quoted."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from pack_kit import ANA, fault, quickly, write

SECRET = "swordfish is the word"
posix_only = pytest.mark.skipif(os.name == "nt", reason="pipes, links, and names of files that are bytes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "pack")


# What is no regular file inside the pack


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder_of_that_name(path: Path) -> None:
    path.mkdir()


def listening_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the whole path may be longer than the name of a socket
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_out(path: Path) -> None:
    outside = path.parents[2] / "outside"
    outside.write_text(f"{SECRET}: 'never closed\n", encoding="utf-8")
    path.symlink_to(outside)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


KINDS: list[tuple[Callable[[Path], None], str]] = [
    (fifo, "not a pipe"),
    (folder_of_that_name, "not a folder"),
    (listening_socket, "not a socket"),
    (link_to_a_device, "leads out of the pack"),
    (link_out, "leads out of the pack"),
    (link_to_itself, "cannot be read"),
    (link_to_nothing, "cannot be read"),
]


@posix_only
@pytest.mark.parametrize("name", ["pack.yaml", "barks.yaml", "personas/leo.yaml", "lore/village.md"])
@pytest.mark.parametrize(("make", "says"), KINDS, ids=[make.__name__ for make, _ in KINDS])
def test_only_regular_files_of_the_pack_are_read(
    folder: Path, name: str, make: Callable[[Path], None], says: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder.parent / "x").mkdir()
    make(folder / name)
    message = fault(folder)
    assert name in message
    assert says in message
    assert "swordfish" not in message


@posix_only
@pytest.mark.parametrize("inside", ["personas", "lore"])
def test_a_folder_that_is_a_link_out_of_the_pack_is_not_listed(folder: Path, inside: str) -> None:
    outside = folder.parent / "outside"
    (folder / inside).rename(outside)
    (outside / "swordfish.yaml").write_text(ANA, encoding="utf-8")
    (folder / inside).symlink_to(outside)
    message = fault(folder)
    assert f"{inside}: this is a link that leads out of the pack" in message
    assert "swordfish" not in message


@posix_only
def test_links_inside_a_pack_and_to_a_pack_are_followed(folder: Path) -> None:
    (folder / "personas" / "leo.yaml").symlink_to("ana.yaml")
    (folder.parent / "link").symlink_to(folder)
    assert set(quickly(folder.parent / "link").personas) == {"ana", "leo"}


def test_a_file_where_a_folder_belongs_is_named(folder: Path) -> None:
    (folder / "lore" / "village.md").unlink()
    (folder / "lore").rmdir()
    (folder / "lore").write_text("The well is deep.\n", encoding="utf-8")
    assert "lore: this must be a folder" in fault(folder)


# What no text may hold


@posix_only
@pytest.mark.parametrize(
    "name", ["personas/L\udce9o.yaml", "lore/caf\udce9.md", "caf\udce9.yaml", "personas/\udce9.yml"]
)
def test_names_of_files_that_are_not_unicode_are_named(folder: Path, name: str) -> None:
    Path(os.fsdecode(os.fsencode(folder / name))).write_text(ANA, encoding="utf-8")
    assert "\\udce9" in fault(folder)


@posix_only
def test_a_pack_whose_folder_is_not_unicode_is_named(tmp_path: Path) -> None:
    assert "is no name for a pack" in fault(write(tmp_path / "D\udcf6rfchen"))
    assert "is no name for a pack" in fault(write(tmp_path / ("x" * 100)))


@posix_only
@pytest.mark.parametrize("name", ["Leo", "leo b", "-leo", "x" * 70, "leo\n", "村"])
def test_a_file_whose_name_is_no_id_is_named(folder: Path, name: str) -> None:
    (folder / "personas" / f"{name}.yaml").write_text(ANA, encoding="utf-8")
    assert "is not an id" in fault(folder)


@pytest.mark.parametrize("data", [b"L\xe9o.\n", "Léo.\n".encode("utf-16"), b"\xed\xa0\x80.\n", b"Leo\0.\n", b"\x1b[2J"])
@pytest.mark.parametrize("name", ["lore/village.md", "personas/ana.yaml"])
def test_bytes_that_are_no_text_are_named(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    message = fault(folder)
    assert f"{name}: " in message
    assert "not UTF-8" in message or "may not stand in a text" in message
