"""`npc-runtime models pull` of a file: from a server on this machine that fails in all the ways that servers do."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from npc_runtime.cli import download
from npc_runtime.cli import main as cli
from npc_runtime.cli.download import Fetched, fetch
from npc_runtime.engine.files.catalogue import Entry, catalogue
from npc_runtime.engine.placement.known import is_known, known_shape
from npc_runtime.engine.placement.policy import GIB, Machine
from npc_runtime.errors import Conflict, Invalid, ModelUnavailable, StorageError

CONTENT = b"GGUF" + bytes(range(256)) * 40_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """What it serves and how; `asked` are the ranges that came, `breaks` after how many bytes answers break off."""

    content: bytes = CONTENT
    etag: str = '"one"'
    ranges: bool = True
    length: bool = True
    status: int = 200
    linked: str = ""
    breaks: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        if request.path == "/moved":
            request.send_response(302)
            request.send_header("Location", self.url)
            request.send_header("X-Linked-ETag", f'"{self.linked}"')
            request.end_headers()
            return
        if request.path == "/insecure":
            request.send_response(302)
            request.send_header("Location", "http://example.com/model.gguf")
            request.end_headers()
            return
        if self.status != 200:
            request.send_error(self.status)
            return
        start = 0
        if self.ranges and wanted and request.headers.get("If-Range") == self.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        if self.length:
            request.send_header("Content-Length", str(len(self.content) - start))
        if self.etag:
            request.send_header("ETag", self.etag)
        request.end_headers()
        stop = start + self.breaks.pop(0) if self.breaks else len(self.content)
        request.wfile.write(self.content[start:stop])


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        found.url = f"http://127.0.0.1:{http.server_address[1]}/model.gguf"
        yield found
        http.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.gguf"


def get(server: Server, target: Path, **options: Any) -> Fetched:
    got = fetch(server.url, target, pause=0, **options)
    assert target.read_bytes() == server.content
    assert [file.name for file in target.parent.iterdir() if "lock" not in file.name] == [target.name]
    return got


def test_a_file_is_fetched_and_checked(server: Server, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    got = get(server, target, sha256=SHA256, size=len(CONTENT), progress=lambda *at: seen.append(at))
    assert got == Fetched(target, len(CONTENT), SHA256, "ours")
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert len(seen) > 5
    assert server.asked == [""]


def test_a_download_that_breaks_off_goes_on(server: Server, target: Path) -> None:
    server.breaks = [3_000_000, 2_000_000, 1_000_000]
    assert get(server, target, sha256=SHA256).checked == "ours"
    assert server.asked == ["", "bytes=3000000-", "bytes=5000000-", "bytes=6000000-"]


def test_another_call_goes_on_where_the_first_stopped(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TRIES", 0)
    server.breaks = [4_000_000]
    with pytest.raises(ModelUnavailable, match=r"broke off.*the same command goes on where it stopped"):
        fetch(server.url, target, pause=0)
    assert not target.exists()
    assert target.with_name("model.gguf.part").stat().st_size == 4_000_000
    get(server, target, sha256=SHA256)
    assert server.asked[-1] == "bytes=4000000-"


def test_a_file_that_has_become_another_one_is_begun_anew(
    server: Server, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TRIES", 0)
    server.breaks = [4_000_000]
    with pytest.raises(ModelUnavailable):
        fetch(server.url, target, pause=0)
    server.content, server.etag = b"GGUF" + b"new" * 2_000_000, '"two"'
    get(server, target)


@pytest.mark.parametrize("etag", ['"one"', 'W/"weak"', ""])
def test_a_server_without_ranges_sends_all_of_it_again(server: Server, target: Path, etag: str) -> None:
    server.ranges, server.etag, server.breaks = False, etag, [3_000_000]
    get(server, target, sha256=SHA256)
    assert len(server.asked) == 2


def test_a_server_that_says_no_length_is_believed(server: Server, target: Path) -> None:
    server.length = False
    get(server, target, sha256=SHA256)


def test_a_part_that_is_whole_already_is_only_checked(server: Server, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.with_name("model.gguf.part").write_bytes(CONTENT)
    target.with_name("model.gguf.part.of").write_text(server.etag)
    get(server, target, sha256=SHA256)
    assert server.asked == [f"bytes={len(CONTENT)}-"]


def test_a_part_that_is_too_long_is_begun_anew(server: Server, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.with_name("model.gguf.part").write_bytes(CONTENT + b"more")
    target.with_name("model.gguf.part.of").write_text(server.etag)
    get(server, target, sha256=SHA256)
    assert len(server.asked) == 2


def test_a_wrong_checksum_leaves_nothing(server: Server, target: Path) -> None:
    with pytest.raises(ModelUnavailable, match=f"has the SHA-256 {SHA256} instead of {'0' * 64}"):
        fetch(server.url, target, sha256="0" * 64, pause=0)
    assert not [file for file in target.parent.iterdir() if "lock" not in file.name]


def test_the_checksum_of_the_server_counts_where_we_have_none(server: Server, target: Path) -> None:
    server.linked = SHA256
    moved = server.url.replace("/model.gguf", "/moved")
    assert fetch(moved, target, pause=0).checked == "the server's"
    target.unlink()
    server.linked = "f" * 64
    with pytest.raises(ModelUnavailable, match="instead of ffff"):
        fetch(moved, target, pause=0)


def test_without_any_checksum_nothing_is_said_to_be_checked(server: Server, target: Path) -> None:
    assert get(server, target).checked == ""


def test_a_size_that_is_not_the_expected_one(server: Server, target: Path) -> None:
    with pytest.raises(ModelUnavailable, match="bytes instead of 5"):
        fetch(server.url, target, size=5, pause=0)
    assert not target.exists()


@pytest.mark.parametrize(("status", "hint"), [(404, "was moved"), (403, "an account"), (410, "")])
def test_a_server_that_has_no_such_file(server: Server, target: Path, status: int, hint: str) -> None:
    server.status = status
    with pytest.raises(ModelUnavailable, match=rf"answered {status} .*{hint}"):
        fetch(server.url, target, pause=0)
    assert len(server.asked) == 1, "it is not asked again"


def test_a_server_that_fails_is_asked_again(server: Server, target: Path) -> None:
    server.status = 503
    with pytest.raises(ModelUnavailable, match="answered 503"):
        fetch(server.url, target, pause=0)
    assert len(server.asked) == download.TRIES + 1


def test_what_is_no_model_is_not_kept(server: Server, target: Path) -> None:
    server.content = b"<html>Please log in</html>"
    with pytest.raises(ModelUnavailable, match="sent no GGUF file"):
        fetch(server.url, target, pause=0)
    assert not target.exists()


@pytest.mark.parametrize(
    "url", ["http://example.com/m.gguf", "ftp://example.com/m.gguf", "file:///etc/passwd", "m.gguf"]
)
def test_only_https_is_trusted(target: Path, url: str) -> None:
    with pytest.raises(Invalid, match="is no https address"):
        fetch(url, target)


def test_nobody_is_sent_from_https_elsewhere(server: Server, target: Path) -> None:
    with pytest.raises(Invalid, match=re.escape("http://example.com/model.gguf is no https address")):
        fetch(server.url.replace("/model.gguf", "/insecure"), target, pause=0)


def test_nobody_there(server: Server, target: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"broke off: .*refused"):
        fetch("http://127.0.0.1:9/model.gguf", target, pause=0)


def test_a_full_disk_is_told_before(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(1 << 30, 1 << 30, 70 << 20))
    with pytest.raises(StorageError, match="has 70 MiB free, and 73 are needed"):
        fetch(server.url, target, pause=0)
    assert not target.with_name("model.gguf.part").exists()


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        fetch(server.url, tmp_path / "file" / "model.gguf", pause=0)


def test_two_at_once_are_kept_apart(server: Server, target: Path) -> None:
    target.parent.mkdir(parents=True)
    with FileLock(target.with_name("model.gguf.part.lock")), pytest.raises(Conflict, match="another process"):
        fetch(server.url, target, pause=0)


# ------------------------------------------------------------------------------------------------ the command


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NPC_RUNTIME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NPC_RUNTIME_CACHE_DIR", str(tmp_path / "cache"))


def test_pull_with_an_address(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["models", "pull", "village", "--url", server.url]
    assert cli.main([*asked, "--sha256", SHA256.upper(), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert Path(said["path"]) == tmp_path / "data" / "models" / "village.gguf"
    assert Path(said["path"]).read_bytes() == CONTENT
    assert (said["size"], said["sha256"], said["checked"]) == (len(CONTENT), SHA256, "expected")
    assert cli.main(asked) == 0, "it is there"
    assert len(server.asked) == 1
    assert f"npc-runtime serve --model {said['path']}" in capsys.readouterr().out


def test_what_was_not_verified_is_said(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "pull", "village", "--url", server.url]) == 0
    assert f"not verified; its SHA-256 is {SHA256}" in capsys.readouterr().out


def test_pull_by_name(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    known = Entry("tiny", server.url, "0.5b", "Apache-2.0")
    monkeypatch.setattr("npc_runtime.engine.files.catalogue.catalogue", lambda: {"tiny": known})
    assert cli.main(["models", "pull", "TINY"]) == 0
    assert "licence: Apache-2.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("vram", "ram", "wanted"),
    [(24, 32, "llama-3.1-8b-instruct-q4_k_m"), (3, 16, "llama-3.2-3b-instruct-q4_k_m"), (0, 1, "qwen2.5-0.5b")],
)
def test_pull_what_is_recommended(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    vram: int,
    ram: int,
    wanted: str,
) -> None:
    here = Machine(vram * GIB, ram * GIB, 4)
    monkeypatch.setattr("npc_runtime.engine.placement.machine.machine", lambda **_: here)
    ours = {name: Entry(name, server.url, each.shape, each.licence) for name, each in catalogue().items()}
    monkeypatch.setattr("npc_runtime.engine.files.catalogue.catalogue", lambda: ours)
    assert cli.main(["models", "pull", "recommended", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["name"].startswith(wanted)
    assert wanted in shown.err
    assert cli.main(["models", "known", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == set(ours)


@pytest.mark.parametrize("name", ["default", "recommended", "../evil", "", "a/b", ".hidden"])
def test_a_name_that_is_no_file(server: Server, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "pull", name, "--url", server.url]) == 2
    assert "is no name for a file" in capsys.readouterr().err
    assert not server.asked


def test_all_that_is_known_is_on_https_and_has_a_shape() -> None:
    for name, each in catalogue().items():
        assert each.url.startswith("https://")
        assert each.url.lower().endswith(f"{each.url.rsplit('/', 1)[1].lower()}")
        assert is_known(each.shape)
        assert known_shape(each.shape).size > 0
        assert each.licence
        assert name == name.lower()
