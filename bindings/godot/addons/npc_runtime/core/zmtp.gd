extends Reference
# One connection of a ZeroMQ DEALER to one daemon: ZMTP 3.0 with the PLAIN mechanism, over TCP. Nothing here waits: `poll`
# takes what has come and sends what there is room for, and `next` gives one message after the other.

const NpcError = preload("npc_error.gd")
const Msgpack = preload("msgpack.gd")
const Messages = preload("messages.gd")

enum { CLOSED, CONNECTING, GREETING, PROVING, INITIATING, OPEN }

const MORE := 1  # flags of a frame
const LONG := 2
const COMMAND := 4
const USER := "npc-runtime"
const NO_TOKEN := "-"  # nobody is let in without one
const HANDSHAKE_MSEC := 5000
const MOST_BYTES := 1 << 20  # of a frame
const MOST_AT_ONCE := 1 << 16  # that a frame of the game takes in; the rest stays with the operating system
const MOST_UNSENT := 1 << 22

var state := CLOSED
# Why the connection is closed, once it is; null where the game closed it.
var error: NpcError
# Why the last message could not be read; empty: it could.
var unreadable := ""
# When something came last.
var heard_at := 0

var _tcp := StreamPeerTCP.new()
var _endpoint := ""
var _token := ""
var _since := 0
var _unsent := PoolByteArray()
var _held := PoolByteArray()  # what has come, and the PADDING that the reading needs
var _size := 0  # of it, without PADDING
var _reader := StreamPeerBuffer.new()  # on the same bytes
var _frame_end := 0
var _frames := 0  # of the message that is being read
var _header := PoolByteArray()
var _header_number := 0
var _is_ours := false  # whether its header is that of this protocol
var _msgpack := Msgpack.new()


func _init():
	_reader.big_endian = true
	_header = Messages.HEADER.to_ascii()
	for byte in _header:
		_header_number = _header_number << 8 | byte


# Begins to connect. `endpoint` is `tcp://host:port`.
func open(endpoint: String, token: String) -> void:
	_endpoint = endpoint
	_token = token if token else NO_TOKEN
	_since = OS.get_ticks_msec()
	heard_at = _since
	var colon := endpoint.find_last(":")
	if not endpoint.begins_with("tcp://") or colon < 6:
		_fail("invalid", "%s is no address that this client can connect to" % endpoint, "it looks like tcp://127.0.0.1:5577")
		return
	var host := endpoint.substr(6, colon - 6).replace("[", "").replace("]", "")
	state = CONNECTING
	if _tcp.connect_to_host(host, int(endpoint.substr(colon + 1))) != OK:
		_fail("unreachable", "there is no way to %s" % endpoint)


# Closes it. What was sent before has been handed to the operating system, as far as that took it.
func close() -> void:
	if state != CLOSED:
		flush()
		_tcp.disconnect_from_host()
		state = CLOSED


# Sends a message, whose body is packed already.
func send(body: PoolByteArray) -> void:
	_put_frame(MORE, _header)
	_put_frame(0, body)
	if _unsent.size() > MOST_UNSENT:
		_fail("unreachable", "the daemon at %s takes nothing any more" % _endpoint)


# Takes what has come, and goes on with the handshake; `next` gives the messages behind that.
func poll() -> void:
	if state == CLOSED:
		return
	var status := _tcp.get_status()
	if status == StreamPeerTCP.STATUS_CONNECTED:
		if state == CONNECTING:
			_tcp.set_no_delay(true)
			_unsent.append_array(_greeting())
			state = GREETING
		_receive()
	elif status != StreamPeerTCP.STATUS_CONNECTING:
		_fail("unreachable", "the connection to the daemon at %s is lost" % _endpoint)
		return
	if state != OPEN:
		while _step():
			pass
		if state != OPEN and state != CLOSED and OS.get_ticks_msec() - _since > HANDSHAKE_MSEC:
			_fail("unreachable", "nothing at %s answers as a daemon does" % _endpoint)
	flush()


# The next message, or null where none is complete. One that cannot be read is left out, and `unreadable` says why.
func next():
	while state == OPEN:
		var flags := _open_frame()
		if flags < 0:
			return null
		if flags & COMMAND:
			_answer_command()
		else:
			var is_last := flags & MORE == 0
			var number := _frames
			_frames = 0 if is_last else number + 1
			if number == 0:
				var is_header := not is_last and _frame_end - _reader.get_position() == _header.size()
				_is_ours = is_header and _reader.get_u32() == _header_number
			elif number == 1 and is_last and _is_ours:
				var message = _msgpack.unpack_from(_reader, _frame_end)
				_reader.seek(_frame_end)
				if _msgpack.trouble == "" and typeof(message) == TYPE_DICTIONARY:
					return message
				unreadable = _msgpack.trouble if _msgpack.trouble else "it is no map"
		_reader.seek(_frame_end)
	return null


# Sends as much as the operating system takes.
func flush() -> void:
	if _unsent.size() == 0 or state == CONNECTING or state == CLOSED:
		return
	var sent: Array = _tcp.put_partial_data(_unsent)
	if sent[1] >= _unsent.size():
		_unsent = PoolByteArray()
	elif sent[1] > 0:
		_unsent = _unsent.subarray(sent[1], -1)


func _receive() -> void:
	var waiting := _tcp.get_available_bytes()
	var at := _reader.get_position()
	if waiting <= 0 or _size - at > MOST_BYTES + MOST_AT_ONCE:
		return  # nothing, or more than a game can read that does not keep up: the daemon notices then
	var got: Array = _tcp.get_partial_data(int(min(waiting, MOST_AT_ONCE)))
	if got[0] != OK or got[1].size() == 0:
		return
	heard_at = OS.get_ticks_msec()
	var bytes := PoolByteArray()
	if at < _size:
		bytes = _held.subarray(at, _size - 1)
	bytes.append_array(got[1])
	_size = bytes.size()
	bytes.append_array(Msgpack.PADDING)
	_held = bytes
	_reader.data_array = bytes
	_reader.seek(0)


func _fail(code: String, message: String, hint := "") -> void:
	_tcp.disconnect_from_host()
	error = NpcError.new(code, message, hint)
	state = CLOSED


# ---------------------------------------------------------------------------------------------------- the handshake


func _greeting() -> PoolByteArray:
	var bytes := PoolByteArray([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1])
	bytes.append_array("PLAIN".to_ascii())
	while bytes.size() < 64:
		bytes.append(0)
	return bytes


# One step of it; false where what it needs has not come yet.
func _step() -> bool:
	if state == GREETING:
		return _take_greeting()
	if state != PROVING and state != INITIATING:
		return false
	var flags := _open_frame()
	if flags < 0:
		return false
	var name := _rest_of_frame().subarray(1, -1).get_string_from_ascii() if flags & COMMAND else ""
	_reader.seek(_frame_end)
	if state == PROVING and name.begins_with("WELCOME"):
		_put_command("INITIATE", _property("Socket-Type", "DEALER") + _property("Identity", ""))
		state = INITIATING
	elif state == INITIATING and name.begins_with("READY"):
		state = OPEN
	else:  # whatever it says instead, some versions of libzmq cannot spell it
		var hint := "the file `token` in the daemon's data folder has the right one"
		_fail("unauthorized", "the daemon at %s does not accept the token" % _endpoint, hint)
	return state != CLOSED


func _take_greeting() -> bool:
	if _size < 64:
		return false
	var mechanism := _held.subarray(12, 31).get_string_from_ascii()
	if _held[0] != 0xff or _held[10] < 3:
		_fail("unreachable", "what listens at %s is no daemon: it does not speak ZMTP 3" % _endpoint)
	elif mechanism == "CURVE":
		var hint := "let it listen on 127.0.0.1 alone: this client has no keys, which daemons for other machines ask for"
		_fail("unauthorized", "the daemon at %s asks for a key" % _endpoint, hint)
	elif mechanism != "PLAIN":
		_fail("unreachable", "what listens at %s asks for %s, as no daemon does" % [_endpoint, mechanism])
	else:
		_reader.seek(64)
		_put_command("HELLO", _short(USER) + _short(_token))
		state = PROVING
	return state != CLOSED


# ---------------------------------------------------------------------------------------------------------- frames


# Goes to the body of the next frame, which ends at _frame_end, and gives its flags; -1 where it is not complete.
func _open_frame() -> int:
	var start := _reader.get_position()
	if _size - start < 2:
		return -1
	var flags := _reader.get_u8()
	var length := 0
	if not flags & LONG:
		length = _reader.get_u8()
	elif _size - start >= 9:
		length = _reader.get_64()
	if length < 0 or length > MOST_BYTES:
		_fail("unreachable", "the daemon at %s sent a frame of %d bytes" % [_endpoint, length])
		return -1
	_frame_end = _reader.get_position() + length
	if _frame_end > _size or (flags & LONG and _size - start < 9):
		_reader.seek(start)
		return -1
	return flags


func _rest_of_frame() -> PoolByteArray:
	var at := _reader.get_position()
	return _held.subarray(at, _frame_end - 1) if at < _frame_end else PoolByteArray([0])


# A PING has two bytes of a time to live behind its name, and then what the PONG says again.
func _answer_command() -> void:
	var command := _rest_of_frame()
	if command.subarray(0, -1).get_string_from_ascii().begins_with("\u0004PING"):
		_put_command("PONG", command.subarray(7, -1) if command.size() > 7 else PoolByteArray())


func _put_command(name: String, data: PoolByteArray) -> void:
	_put_frame(COMMAND, _short(name) + data)


func _put_frame(flags: int, body: PoolByteArray) -> void:
	var size := body.size()
	if size > 255:
		_unsent.append_array(PoolByteArray([flags | LONG, 0, 0, 0, 0]))
		_unsent.append_array(PoolByteArray([size >> 24 & 255, size >> 16 & 255, size >> 8 & 255, size & 255]))
	else:
		_unsent.append_array(PoolByteArray([flags, size]))
	_unsent.append_array(body)


func _short(text: String) -> PoolByteArray:
	var bytes := text.to_utf8()
	return PoolByteArray([bytes.size() & 255]) + bytes


func _property(name: String, value: String) -> PoolByteArray:
	return _short(name) + PoolByteArray([0, 0, 0, value.length()]) + value.to_ascii()
