"""What is told of servers elsewhere: each wrong thing in a sentence of its own, and never a key."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from remote_kit import KEY, Box, asked, in_turn, of, says, written

from npc_runtime.engine.remote import engine as remote_engine
from npc_runtime.engine.remote.engine import RemoteEngine
from npc_runtime.engine.remote.keys import check_addresses, in_clear, read_key
from npc_runtime.errors import ConfigError


def told(answer: Any, url: str = "http://box/v1", model: str = "", key: str = KEY) -> str:
    """Why a server cannot be used that answers so."""

    async def run() -> str:
        def respond(request: httpx.Request) -> httpx.Response:
            found = answer(request) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found  # type: ignore[no-any-return]

        writer = RemoteEngine([url], key=key, model=model, transport=httpx.MockTransport(respond))
        await writer.open(20.0)
        trouble, (_, end) = writer.pool.trouble, await written(writer, asked())
        assert end.finish == "error"
        assert KEY not in f"{trouble} {end.error!r} {writer.place}"
        await writer.close()
        return trouble

    return asyncio.run(run())


def connect_error(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = cause
    return error


MODELS = httpx.Response(200, json={"data": [{"id": "qwen-7b"}, {"id": "llama-8b"}]})


@pytest.mark.parametrize(
    ("answer", "options", "wanted"),
    [
        (
            connect_error(ConnectionRefusedError()),
            {},
            "nobody answers at http://box/v1: nothing listens there; start the",
        ),
        (httpx.ConnectTimeout("slow"), {}, "the server at http://box/v1 does not answer in time"),
        (httpx.Response(404, text="no"), {"url": "http://box"}, "has no /models (404); did you mean http://box/v1?"),
        (httpx.Response(404, text="no"), {}, "there is no API of OpenAI at http://box/v1"),
        (httpx.Response(200, text="<html>"), {}, "/models is no list of models"),
        (httpx.Response(200, json={"data": []}), {}, "no model"),
        (
            MODELS,
            {"model": "qwen7b"},
            'no model "qwen7b" in what http://box/v1 serves; there are llama-8b, qwen-7b (did',
        ),
        (httpx.Response(401, text=f"bad key {KEY}"), {}, "does not take the key that --engine-key names (401)"),
        (httpx.Response(401, text="no key"), {"key": ""}, "wants a key (401); --engine-key names a file"),
        (httpx.Response(307, text=""), {}, "http://box/v1 sends elsewhere (307)"),
        (
            httpx.Response(500, text=f"Incorrect key {KEY[:6]}***{KEY[-4:]} or {KEY}"),
            {},
            "answered 500: Incorrect key …",
        ),
        (
            connect_error(ssl.SSLCertVerificationError(1, "self-signed certificate")),
            {"url": "https://box/v1"},
            "the certificate of box is not trusted: it cannot be verified; name the file of the authority",
        ),
        (
            connect_error(ssl.SSLError(1, "WRONG_VERSION_NUMBER")),
            {"url": "https://box:8000/v1"},
            "box:8000 does not speak TLS as https needs it; try http://box:8000/v1",
        ),
    ],
)
def test_each_wrong_thing_is_told(answer: Any, options: dict[str, Any], wanted: str) -> None:
    assert wanted in told(answer, **options)


def test_real_sockets_are_told_of_as_well() -> None:
    async def run() -> None:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(b"220 this is no HTTP\r\n")
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        urls = [f"http://127.0.0.1:{port}/v1", f"https://127.0.0.1:{port}/v1"]
        writer = RemoteEngine(urls)
        await writer.open(20.0)
        plain, secure = (replica.trouble for replica in writer.pool.replicas)
        assert f"the connection to {urls[0]} broke" in plain
        assert "does not speak TLS" in secure
        await writer.close()
        server.close()
        await server.wait_closed()
        writer = RemoteEngine([urls[0]])
        await writer.open(20.0)
        assert "nothing listens there" in writer.pool.trouble
        await writer.close()

    asyncio.run(run())


def test_the_key_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = httpx.Response(500, json={"error": {"message": f"key {KEY} is wrong"}})
    garbage = [f"data: {KEY} is no JSON\n\n".encode()]
    for fault in (echo, garbage):
        box = Box(says())
        box.script = in_turn(*[fault] * remote_engine.ATTEMPTS)
        _, end = of(box)
        assert KEY not in repr(end)
    assert KEY not in caplog.text


# ------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("localhost:8000", "--engine localhost:8000 is no address; such as http://127.0.0.1:8000/v1"),
        ("ftp://box/v1", "is no address"),
        ("http://box:port/v1", "is no address"),
        ("http://me:sk-secret@box/v1", "has a key in it; name it with --engine-key"),
        ("http://box/v1?key=sk-secret", "has more than an address in it"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_addresses(["http://good/v1", url])
    assert wanted in str(caught.value)
    assert "sk-secret" not in str(caught.value)


def test_a_key_comes_from_a_file_or_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    assert read_key("") == ""
    assert read_key(str(file)) == KEY
    assert read_key("env:THE_KEY", {"THE_KEY": KEY}) == KEY
    file.write_text("two words\n", encoding="utf-8")
    for named in (KEY, "env:NONE", str(file), "\0"):
        with pytest.raises(ConfigError) as caught:
            read_key(named, {})
        assert KEY not in str(caught.value), "it may be the key itself, named by mistake"


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://127.0.0.1/v1", False),
        ("http://[::1]/v1", False),
        ("http://localhost/v1", False),
        ("https://box/v1", False),
        ("http://10.0.0.7/v1", True),
        ("http://box/v1", True),
    ],
)
def test_it_is_known_where_a_key_can_be_read_on_its_way(url: str, clear: bool) -> None:
    assert in_clear(url) is clear
