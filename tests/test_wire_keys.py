"""Another machine: who has a key gets in, into the world that it is for, and nobody else does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from conftest import RunningDaemon, until
from wire_peer import Peer, show

from npc_runtime.cli import main as cli
from npc_runtime.client import connect
from npc_runtime.client.launch import launch
from npc_runtime.config import Config
from npc_runtime.errors import ConfigError, Conflict, Invalid, NotFound, StorageError, Unauthorized
from npc_runtime.wire import keys
from npc_runtime.wire import messages as m
from npc_runtime.wire.keys import Key
from npc_runtime.wire.server import Server
from protocol.examples import EXAMPLES

ANYWHERE = ("--bind", "tcp://0.0.0.0:0", "--events-bind", "tcp://0.0.0.0:0")
HERE: dict[str, Any] = {"bind": "tcp://127.0.0.1:0", "events_bind": "tcp://127.0.0.1:0"}
QUICKLY = ("--model", "none.gguf", "--embedding", "off")
SILENCE_MS = 700
"""After which nobody answers: whoever is let in is answered a hundred times as fast."""
OWN = "own-world"
ABOUT_A_WORLD = sorted(kind for kind, cls in m.Catalogue.requests.items() if "world" in cls.model_fields)


class OpenDaemon(RunningDaemon):
    """A daemon that other machines can reach, and its keys."""

    def key(self, name: str, world: str | None = None) -> Key:
        """A new key."""
        return keys.add(self.data_dir, name, world, self.file(name))

    def file(self, name: str) -> Path:
        """Where the key of a client is."""
        return self.data_dir / f"{name}.key.json"

    def guest(self, key: Key | None, *options: tuple[int, int | bytes]) -> Peer:
        """A client of the bare protocol that shows a key, with no session yet."""
        return Peer(self.endpoint, options=[*(shown(key) if key else ()), *options])


def shown(key: Key) -> list[tuple[int, bytes]]:
    """The options of a socket that shows a key."""
    return [
        (zmq.CURVE_SERVERKEY, key.server.encode()),
        (zmq.CURVE_PUBLICKEY, key.public.encode()),
        (zmq.CURVE_SECRETKEY, key.secret.encode()),
    ]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDaemon]:
    data_dir = tmp_path_factory.mktemp("house")
    keys.add(data_dir, "friend", None, data_dir / "friend.key.json")
    daemon = OpenDaemon(asyncio.run(launch(data_dir, arguments=[*QUICKLY, *ANYWHERE])), data_dir)
    yield daemon
    daemon.stop()
    daemon.check_log()


@pytest.fixture
def friend(house: OpenDaemon) -> Iterator[Peer]:
    """A session whose key is for every world."""
    with house.guest(keys.load(house.file("friend"))) as found:
        assert found.hello()["type"] == "welcome"
        yield found


@pytest.fixture
def tenant(house: OpenDaemon) -> Iterator[Peer]:
    """A session whose key is for one world."""
    if not house.file("tenant").exists():
        house.key("tenant", OWN)
    with house.guest(keys.load(house.file("tenant"))) as found:
        assert found.hello()["type"] == "welcome"
        yield found


def other_pair(key: Key) -> Key:
    """A key that nobody made for this daemon."""
    public, secret = zmq.curve_keypair()
    return key.model_copy(update={"public": public.decode(), "secret": secret.decode()})


def other_server(key: Key) -> Key:
    """A key for another daemon."""
    return key.model_copy(update={"server": zmq.curve_keypair()[0].decode()})


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


# ------------------------------------------------------------------------------------------------- getting in


def test_a_key_gets_in_and_talks(house: OpenDaemon, world: str) -> None:
    async def talk() -> str:
        async with connect(house.endpoint, key=house.file("friend")) as runtime:
            mira = await (await runtime.open_world(world)).spawn("mira", "smithy")
            return "".join([piece.text async for piece in mira.say("player:alex", "Good day to you.")])

    assert run(talk())


def test_it_gets_in_over_an_address_of_this_machine(house: OpenDaemon) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, and says which address would
        except OSError:
            pytest.skip("this machine has no address but its loopback")
        address = probe.getsockname()[0]
    port = house.endpoint.rpartition(":")[2]
    with Peer(f"tcp://{address}:{port}", options=shown(keys.load(house.file("friend")))) as found:
        assert found.hello()["type"] == "welcome"


def no_key(key: Key) -> None:
    """Nothing is shown at all."""


@pytest.mark.parametrize("change", [other_pair, other_server, no_key])
def test_without_its_key_nobody_is_answered(
    house: OpenDaemon, friend: Peer, change: Callable[[Key], Key | None]
) -> None:
    with (
        house.guest(change(keys.load(house.file("friend"))), (zmq.RCVTIMEO, SILENCE_MS)) as stranger,
        pytest.raises(zmq.Again),
    ):
        stranger.ask("ping")
    assert friend.ask("ping")["type"] == "pong"


def test_the_token_opens_nothing_here(house: OpenDaemon, friend: Peer) -> None:
    assert house.token
    with Peer(house.endpoint, house.token, [(zmq.RCVTIMEO, SILENCE_MS)]) as stranger, pytest.raises(zmq.Again):
        stranger.ask("ping")
    assert friend.ask("ping")["type"] == "pong"
    assert "a connection was refused: it" in house.log


def test_the_client_says_what_is_wrong(house: OpenDaemon, daemon: RunningDaemon, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.json"
    stranger.write_text(other_pair(keys.load(house.file("friend"))).model_dump_json(), encoding="utf-8")
    with pytest.raises(Unauthorized, match=r"the key in .*stranger\.json is not one of the daemon's, or was removed"):
        run(connect(house.endpoint, key=stranger).__aenter__())
    with pytest.raises(Unauthorized, match="this daemon asks for a key; pass the file that npc-runtime keys add wrote"):
        run(connect(house.endpoint, data_dir=house.data_dir).__aenter__())
    with pytest.raises(
        Unauthorized, match=r"this daemon asks for the token, or .*friend\.key\.json is for another one"
    ):
        run(connect(daemon.endpoint, key=house.file("friend")).__aenter__())


def test_a_refusal_that_comes_before_hello_is_sent_is_told(house: OpenDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    connects = zmq.Socket.connect

    def slowly(self: zmq.Socket[Any], address: str) -> Any:
        found = connects(self, address)
        time.sleep(SILENCE_MS / 1000)  # the handshake has failed by now
        return found

    monkeypatch.setattr(zmq.Socket, "connect", slowly)
    with pytest.raises(Unauthorized, match="this daemon asks for a key"):
        run(connect(house.endpoint, data_dir=house.data_dir).__aenter__())


def test_commands_of_the_same_user_need_no_key_file(house: OpenDaemon) -> None:
    async def look() -> m.HealthReport:
        async with connect(data_dir=house.data_dir, start=False) as runtime:
            return await runtime.health()

    assert run(look()).version
    found = json.loads((house.data_dir / "daemon.json").read_text(encoding="utf-8"))
    assert found["endpoint"].startswith("tcp://127.0.0.1:"), "0.0.0.0 is no place to go to"
    assert found["server_key"] == keys.load(house.file("friend")).server


def test_a_connection_may_not_choose_its_routing_id(house: OpenDaemon) -> None:
    with house.guest(keys.load(house.file("friend")), (zmq.ROUTING_ID, b"somebody")) as found:
        answer = found.hello()
    assert (answer["code"], answer["message"]) == ("invalid", "this connection has a routing id of its own")


# ------------------------------------------------------------------------------------------------- one world


def test_a_key_for_one_world_opens_it(tenant: Peer) -> None:
    tenant.village(OWN, "mira")
    assert tenant.ask("subscribe", world=OWN)["type"] == "done"
    assert tenant.ask("npc.list", world=OWN)["npcs"][0]["npc"] == "npc:mira"


@pytest.mark.parametrize("kind", ABOUT_A_WORLD)
def test_it_touches_no_other_world(tenant: Peer, kind: str) -> None:
    body = {key: value for key, value in EXAMPLES[kind].items() if key not in ("type", "id")}
    answer = tenant.ask(kind, **{**body, "world": "elsewhere"})
    assert (answer["type"], answer["code"]) == ("error", "forbidden"), answer
    assert answer["message"] == f'the key "tenant" is for the world "{OWN}", and not for "elsewhere"'


def test_it_learns_of_no_other_world(friend: Peer, tenant: Peer, world: str) -> None:
    friend.village(world)
    tenant.ask("world.close", world=OWN)
    unknown = tenant.ask("npc.list", world=OWN)
    assert (unknown["code"], unknown["hint"]) == ("not_found", "open it with world.open")
    assert world in friend.ask("npc.list", world="nowhere")["hint"]
    assert tenant.ask("health")["worlds"] == 0
    assert friend.ask("health")["worlds"] > 0


def test_the_events_ask_for_a_key_and_for_one_that_is_for_all(house: OpenDaemon, friend: Peer, tenant: Peer) -> None:
    known = keys.load(house.file("friend"))
    stranger, tenant_key = other_pair(known), keys.load(house.file("tenant"))
    with zmq.Context() as context:
        observers = [_observer(context, house, key) for key in (known, None, stranger, tenant_key)]
        observers.append(_observer(context, house, None, house.token))
        _wait_for(observers[0], friend)
        assert not any(observer.poll(100) for observer in observers[1:])
        context.destroy(linger=0)


def test_an_observer_hears_nothing_once_its_key_is_removed(house: OpenDaemon, friend: Peer) -> None:
    with zmq.Context() as context:
        leaving = _observer(context, house, house.key("leaving"))
        staying = _observer(context, house, keys.load(house.file("friend")))
        _wait_for(leaving, friend)
        keys.remove(house.data_dir, "leaving")
        time.sleep(2.5)  # more than two ticks of the daemon
        for observer in (leaving, staying):
            with contextlib.suppress(zmq.Again):
                while True:
                    observer.recv_multipart(zmq.NOBLOCK)
        _wait_for(staying, friend)
        assert not leaving.poll(100)
        context.destroy(linger=0)


def _observer(
    context: zmq.Context[zmq.Socket[bytes]], house: OpenDaemon, key: Key | None, secret: str = ""
) -> zmq.Socket[bytes]:
    """Somebody who wants to hear everything."""
    observer = context.socket(zmq.SUB)
    observer.setsockopt(zmq.SUBSCRIBE, b"")
    for option, value in shown(key) if key else ():
        observer.setsockopt(option, value)
    show(observer, secret)
    observer.connect(house.events)
    return observer


def _wait_for(observer: zmq.Socket[bytes], friend: Peer) -> None:
    """Has things happen until an observer hears of them."""
    friend.village(OWN)
    for _ in range(100):
        friend.ask("npc.spawn", world=OWN, npc="tom", at="smithy")
        friend.ask("npc.despawn", world=OWN, npc="tom")
        if observer.poll(50):
            return
    pytest.fail("it hears nothing")


# ------------------------------------------------------------------------------------------------- coming and going


def test_a_key_is_good_until_it_is_removed(house: OpenDaemon, friend: Peer) -> None:
    key = house.key("guest")
    with house.guest(key) as guest:
        assert guest.hello()["type"] == "welcome"
        keys.remove(house.data_dir, "guest")
        answer = guest.ask("ping")
        assert (answer["code"], answer["message"]) == ("unauthorized", "the key of this connection was removed")
        assert guest.ask("world.open", world="w")["code"] == "unauthorized"
    with house.guest(key, (zmq.RCVTIMEO, SILENCE_MS)) as guest, pytest.raises(zmq.Again):
        guest.ask("ping")
    assert friend.ask("ping")["type"] == "pong"


def test_a_silent_session_ends_with_its_key(house: OpenDaemon, friend: Peer, world: str) -> None:
    with house.guest(house.key("listener")) as listener:
        session = listener.hello()["session"]
        listener.village(world)
        listener.ask("subscribe", world=world)
        keys.remove(house.data_dir, "listener")
        until(lambda: f"session {session} of 'test' ended: its key was removed" in house.log)
        friend.ask("npc.spawn", world=world, npc="mira", at="smithy")
        assert not listener.socket.poll(100)


def test_a_key_whose_world_has_changed_is_another_key(house: OpenDaemon) -> None:
    key = house.key("mover", "here")
    with house.guest(key) as mover:
        assert mover.hello()["type"] == "welcome"
        found = keys.read(house.data_dir)
        assert found is not None
        moved = {**found.clients, "mover": found.clients["mover"].model_copy(update={"world": "there"})}
        text = found.model_copy(update={"clients": moved}).model_dump_json()
        (house.data_dir / keys.FILE).write_text(text, encoding="utf-8")
        assert mover.ask("world.open", world="there")["code"] == "no_session"


def test_a_broken_file_shuts_nobody_out(house: OpenDaemon) -> None:
    file, friend = house.data_dir / keys.FILE, keys.load(house.file("friend"))
    before = file.read_bytes()
    try:
        file.write_text("{", encoding="utf-8")
        with house.guest(friend) as found:
            assert found.ask("ping")["type"] == "pong"
        assert f"the keys stay those from before: {file} is no key file" in house.log
    finally:
        file.write_bytes(before)


def test_without_a_key_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        run(launch(tmp_path, arguments=[*QUICKLY, *ANYWHERE]))
    told = str(caught.value).splitlines()[-1]
    assert told.startswith(
        "npc-runtime: --bind tcp://0.0.0.0:0 could be reached from other machines, and no key is in "
    )
    assert "make one for each machine that is to connect: npc-runtime keys add NAME" in told


@pytest.mark.parametrize("flag", ["bind", "events_bind"])
def test_each_socket_needs_a_key_that_is_still_good(tmp_path: Path, flag: str) -> None:
    async def served() -> str:
        server = Server(Config(data_dir=tmp_path, **{**HERE, flag: "tcp://0.0.0.0:0"}), "open sesame")
        server.close()
        return server.server_key

    keys.add(tmp_path, "friend", None, tmp_path / "friend.json")
    assert asyncio.run(served()) == keys.load(tmp_path / "friend.json").server
    keys.remove(tmp_path, "friend")
    with pytest.raises(ConfigError, match="could be reached from other machines, and no key is in"):
        asyncio.run(served())


# ------------------------------------------------------------------------------------------------- the files


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps users apart by other means")
def test_nobody_else_reads_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.add(tmp_path / "data", "friend", None, tmp_path / "friend.json")
    finally:
        os.umask(before)
    for file in (tmp_path / "friend.json", tmp_path / "data" / keys.FILE):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"secret": "short"}, r"key\.json is no key file: secret: String should match pattern"),
        ({"secret": None}, r"key\.json is no key file: secret: Input should be a valid string"),
        ({"fish": 1}, r"key\.json is no key file: fish: Extra inputs are not permitted"),
    ],
)
def test_a_bad_key_file_is_named(tmp_path: Path, change: dict[str, Any], wanted: str) -> None:
    file = tmp_path / "key.json"
    key = keys.add(tmp_path, "friend", None, file)
    file.write_text(json.dumps({**key.model_dump(), **change}), encoding="utf-8")
    with pytest.raises(ConfigError, match=wanted) as caught:
        connect("tcp://127.0.0.1:9", key=file)
    assert "name the file that npc-runtime keys add wrote, as it was written" in str(caught.value)
    assert key.secret not in str(caught.value)


def test_what_is_no_key_file_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no key file .*none; make one with: npc-runtime keys add NAME"):
        connect("tcp://127.0.0.1:9", key=tmp_path / "none")
    with pytest.raises(StorageError, match=r"cannot read the key file .*: "):
        connect("tcp://127.0.0.1:9", key=tmp_path)
    (tmp_path / "token").write_text("open sesame", encoding="utf-8")
    with pytest.raises(ConfigError, match="token is no key file: Invalid JSON"):
        connect("tcp://127.0.0.1:9", key=tmp_path / "token")
    keys.add(tmp_path, "friend", None, tmp_path / "friend.json")
    with pytest.raises(ConfigError, match=r"keys\.json is no key file: ") as caught:
        connect("tcp://127.0.0.1:9", key=tmp_path / keys.FILE)
    found = keys.read(tmp_path)
    assert found is not None
    assert found.server.secret not in str(caught.value)


def test_a_name_is_given_once_and_a_file_never_replaced(tmp_path: Path) -> None:
    keys.add(tmp_path, "friend", None, tmp_path / "friend.json")
    with pytest.raises(Conflict, match=r'there is a key "friend" already; .*npc-runtime keys remove friend'):
        keys.add(tmp_path, "friend", None, tmp_path / "other.json")
    with pytest.raises(Conflict, match=r"friend\.json exists already"):
        keys.add(tmp_path, "other", None, tmp_path / "friend.json")
    with pytest.raises(Invalid, match=r'"\.\./friend" is no name for a key; take letters'):
        keys.add(tmp_path, "../friend", None, tmp_path / "other.json")
    with pytest.raises(Invalid, match=r'"" is no id of a world: world: '):
        keys.add(tmp_path, "other", "", tmp_path / "other.json")
    with pytest.raises(NotFound, match=r'no key "frend" in .*keys\.json; there are friend \(did you mean friend\?\)'):
        keys.remove(tmp_path, "frend")
    found = keys.read(tmp_path)
    assert found is not None
    assert list(found.clients) == ["friend"]
    assert not (tmp_path / "other.json").exists()


def test_the_command_makes_lists_and_removes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def command(*words: str) -> Any:
        assert cli.main(["keys", *words, "--data-dir", str(tmp_path), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert command("list") == []
    file = tmp_path / "zone.json"
    made = command("add", "zone-2", "--world", "harbour", "--out", str(file))
    assert made.pop("file") == str(file)
    assert command("list") == [made] == [{"name": "zone-2", "world": "harbour", "public": keys.load(file).public}]
    assert command("remove", "zone-2") == {"name": "zone-2"}
    assert command("list") == []
    assert cli.main(["keys", "add", "--data-dir", str(tmp_path)]) == cli.BAD_USAGE
    assert "no key is named to add; say whose: npc-runtime keys add NAME" in capsys.readouterr().err


def test_a_library_that_cannot_encrypt_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(zmq, "has", lambda capability: capability != "curve")
    with pytest.raises(ConfigError, match="this libzmq was built without CURVE, so nothing can be encrypted; install"):
        keys.add(tmp_path, "friend", None, tmp_path / "friend.json")
    assert not list(tmp_path.iterdir())
