extends Reference
# A session with the daemon that is kept alive, and begun again when it is lost: with all that the game had.

const NpcError = preload("npc_error.gd")
const Exchange = preload("exchange.gd")
const Losses = preload("losses.gd")
const Messages = preload("messages.gd")
const Msgpack = preload("msgpack.gd")
const Reader = preload("reader.gd")
const RequestCheck = preload("request_check.gd")
const Zmtp = preload("zmtp.gd")

# Something happened in a world.
signal happened(event)
# The daemon is out of reach: once, however long it takes until `restored`.
signal lost(error)
# There is a session, for the first time.
signal opened
# There is another session, with all that the game had. `troubles` could not be brought back.
signal restored(same_daemon, troubles)
# Something that nobody waited for went wrong.
signal trouble(error)

enum { CLOSED, SEEKING, CONNECTING, GREETING, OPEN }

const REQUEST_SECONDS := 10.0
const HELLO_SECONDS := 5.0
const WORLD_SECONDS := 60.0  # whatever changes a whole world waits for what was asked before
const SHORTEST_WAIT_MSEC := 100
const LONGEST_WAIT_MSEC := 1000
const BROKEN_WAIT_MSEC := 30000
const TIMES_PUT_OFF := 3
const LOOK_MSEC := 250  # between two looks at who has waited too long

var state := CLOSED
# What the daemon said to `hello`, the last time.
var welcome := {}
# What the game has of each world, by its id, to have it again: {"open": fields, "npcs": {id: true}, "speech": null, true or
# false}; `speech` is null where nobody listens.
var worlds := {}

var _source  # where daemons come from: DaemonSource
var _client := {}
var _connection: Reader
var _msgpack := Msgpack.new()
var _in_flight := {}
var _put_off := []
var _number := 0
var _hello: Exchange
var _ping: Exchange
var _ping_at := 0
var _restoring := []
var _complete := ""  # the run of the daemon that has all that the game had
var _is_lost := false
var _told := ""
var _next_try := 0
var _wait := SHORTEST_WAIT_MSEC
var _looked_at := 0
var _backlog_polls := 0


func _init(source, client: Dictionary):
	_source = source
	_client = client


func open() -> void:
	if state == CLOSED:
		state = SEEKING
		_next_try = 0


# Leaves the daemon. What waits for an answer ends as `cancelled`.
func close() -> void:
	if state == CLOSED:
		return
	state = CLOSED
	if _connection:
		_connection.close()
	var why := NpcError.new("cancelled", "this client was closed")
	_put_off = _in_flight.values() + _put_off
	_in_flight = {}
	_fail_put_off(why)
	_hello = null
	_ping = null
	_restoring = []
	_complete = ""
	_is_lost = false
	worlds = {}


# Sends a request, now or as soon as there is a session.
func begin(type: String, fields: Dictionary, seconds := REQUEST_SECONDS, listener: Object = null) -> Exchange:
	var exchange := _exchange(type, fields, seconds)
	exchange.listener = listener
	var wrong := RequestCheck.error_of(type, fields)
	if wrong == null and state == CLOSED:
		wrong = NpcError.new("no_session", "this client is not open", "call open() first")
	if wrong:
		exchange.call_deferred("fail", wrong)  # nobody can listen to it yet
	elif state == OPEN:
		_send(exchange)
	else:
		_put_off.append(exchange)
	return exchange


# Takes a request back; its last message still comes, or it is not sent at all.
func cancel(exchange: Exchange) -> void:
	if exchange.is_over:
		return
	if _in_flight.has(exchange.id):
		begin("cancel", {"target": exchange.id}).is_perishable = true
	elif exchange in _put_off:
		_put_off.erase(exchange)
		exchange.call_deferred("fail", NpcError.new("cancelled", "it was taken back before it was sent"))


# Reads, hands on what has come, and keeps the session alive; for as many microseconds at most, or a message more.
func poll(budget_usec: int) -> void:
	var now := OS.get_ticks_msec()
	if state == SEEKING:
		_seek(now)
		return
	if state == CLOSED:
		return
	var until := OS.get_ticks_usec() + budget_usec * (1 + _backlog_polls / 8)
	_connection.poll()
	if state == CONNECTING and _connection.state == Zmtp.OPEN:
		_greet()
	var connection := _connection
	var message = connection.next()
	while message != null:
		_received(message, now)
		if connection != _connection or OS.get_ticks_usec() >= until:
			break
		message = connection.next()
	# Behind for some polls, a client takes more time: else the daemon ends the session of a reader that is too slow.
	_backlog_polls = _backlog_polls + 1 if message != null else 0
	if connection.unreadable:
		emit_signal("trouble", NpcError.new("bad_frame", "the daemon sent what cannot be read: " + connection.unreadable))
	if connection != _connection or state == CLOSED:
		return
	if _connection.state == Zmtp.CLOSED:
		_lose(_connection.error)
	elif state == GREETING:
		_look_at_hello(now)
	elif state == OPEN:
		_look_at_restoring()
		if state == OPEN:
			_keep_alive(now)
	if now - _looked_at >= LOOK_MSEC:
		_looked_at = now
		_give_up_the_late(now)


func pending() -> int:
	return _in_flight.size() + _put_off.size()


# ------------------------------------------------------------------------------------------- sending and receiving


func _exchange(type: String, fields: Dictionary, seconds: float) -> Exchange:
	_number += 1
	return Exchange.new(type, str(_number), fields, seconds)


func _send(exchange: Exchange) -> void:
	var message := {"type": exchange.type, "id": exchange.id}
	for field in exchange.fields:
		if exchange.fields[field] != null or field == "value":  # null is a value for a fact, else the same as nothing
			message[field] = exchange.fields[field]
	var body := _msgpack.pack(message)
	if _msgpack.trouble:
		exchange.call_deferred("fail", NpcError.new("invalid", "%s cannot be sent: %s" % [exchange.type, _msgpack.trouble]))
		return
	var most: int = welcome.get("limits", {}).get("body", 262144)
	if body.size() > most:
		var hint := "send less at once, as several requests"
		exchange.call_deferred("fail", NpcError.new("invalid", "%s has more than %d bytes" % [exchange.type, most], hint))
		return
	exchange.was_sent = true
	exchange.silent_since = OS.get_ticks_msec()
	_in_flight[exchange.id] = exchange
	_connection.send(body)


func _received(message: Dictionary, now: int) -> void:
	var re = message.get("re")
	if re == null:
		emit_signal("happened", message)
		return
	var exchange: Exchange = _in_flight.get(re)
	if exchange == null:
		if message.type == Messages.ERROR and not re:
			emit_signal("trouble", Losses.error_of(message))
		return
	var is_last = message.get("last")
	if message.type == Messages.ERROR:
		if message.code == "no_session" and state == OPEN:
			_lose(Losses.error_of(message), exchange)
			return
		_in_flight.erase(re)
		exchange.fail(Losses.error_of(message))
	elif not Messages.RESPONSES.has(message.type):
		if is_last:
			_in_flight.erase(re)
			var what := "%s was answered by %s, of which this client does not know" % [exchange.type, message.type]
			exchange.fail(NpcError.new("internal", what))
	else:
		if is_last:
			_in_flight.erase(re)
			for warning in Losses.warnings_of(exchange, message):
				emit_signal("trouble", warning)
		exchange.take(message, now)


# A request that gets no answer is given up. Those that were not sent wait as long as a daemon may take to start.
func _give_up_the_late(now: int) -> void:
	for exchange in _in_flight.values():
		if now - exchange.silent_since > exchange.time_limit * 1000 and not exchange.is_over:
			_in_flight.erase(exchange.id)
			exchange.fail(Losses.late(exchange))
	for exchange in _put_off.duplicate():
		if now - exchange.silent_since > exchange.time_limit * 1000:
			_put_off.erase(exchange)
			exchange.fail(Losses.late(exchange))


func _fail_put_off(why: NpcError) -> void:
	var failing := _put_off
	_put_off = []
	for exchange in failing:
		exchange.fail(why)


# ----------------------------------------------------------------------------------------------- coming and going


func _seek(now: int) -> void:
	if now - _looked_at >= LOOK_MSEC:
		_looked_at = now
		_give_up_the_late(now)
	if now < _next_try:
		return
	var found: Dictionary = _source.find()
	if found.has("error"):
		if found.get("is_final"):
			_wait = BROKEN_WAIT_MSEC  # each attempt costs the game seconds of a core
			_fail_put_off(found.error)
		_retry(found.error)
	elif found.has("endpoint"):
		_connection = Reader.new()
		_connection.open(found.endpoint, found.token)
		state = CONNECTING
	else:  # it is being started, and what waits for it is not late
		for exchange in _put_off:
			exchange.silent_since = now
		_next_try = now + SHORTEST_WAIT_MSEC


func _greet() -> void:
	state = GREETING
	var fields := {"versions": [Messages.PROTOCOL], "client": _client, "capabilities": ["events", "why"]}
	_hello = _exchange(Messages.HELLO, fields, HELLO_SECONDS)
	_send(_hello)


func _look_at_hello(now: int) -> void:
	if not _hello.is_over:
		return
	if _hello.error:
		_lose(_hello.error)
		return
	welcome = _hello.answer
	_hello = null
	state = OPEN
	_wait = SHORTEST_WAIT_MSEC
	_told = ""
	_ping = null
	_ping_at = now + int(welcome.heartbeat * 500)
	if _complete:
		_bring_back(welcome.daemon == _complete)
	else:
		_complete = welcome.daemon
		emit_signal("opened")
	var waiting := _put_off
	_put_off = []
	for exchange in waiting:
		_send(exchange)


# What the game had, in the order in which the daemon needs it. Nothing waits for an answer in between.
func _bring_back(is_same_daemon: bool) -> void:
	_restoring = []
	for world in worlds:
		var had: Dictionary = worlds[world]
		if not is_same_daemon:
			_again(Messages.WORLD_OPEN, had.open)
			for npc in had.npcs:
				_again(Messages.NPC_SPAWN, {"world": world, "npc": npc})
		if had.speech != null:
			_again(Messages.SUBSCRIBE, {"world": world, "speech": had.speech})


func _again(type: String, fields: Dictionary) -> void:
	var exchange := _exchange(type, fields, WORLD_SECONDS)  # what is behind a world waits for it
	exchange.is_perishable = true
	_restoring.append(exchange)
	_send(exchange)


# One signal, when all is there again.
func _look_at_restoring() -> void:
	if not _is_lost:
		return
	var troubles := []
	for exchange in _restoring:
		if not exchange.is_over:
			return
		if exchange.error and exchange.error.code == "deadline":
			_lose(exchange.error)  # it is too busy: all of it once more
			return
		if exchange.error:
			troubles.append(exchange.error)
	var is_same: bool = welcome.daemon == _complete
	_restoring = []
	_is_lost = false
	_complete = welcome.daemon
	emit_signal("restored", is_same, troubles)


# Something comes at least every two seconds while the daemon lives: it sends ZMTP's own PINGs.
func _keep_alive(now: int) -> void:
	if _ping == null:
		if now >= _ping_at:
			_ping = _exchange(Messages.PING, {}, welcome.heartbeat)
			_ping.is_perishable = true
			_send(_ping)
		return
	if not _ping.is_over:
		return
	var pong := _ping
	_ping = null
	_ping_at = now + int(welcome.heartbeat * 500)
	if pong.error:
		# One that is only busy still has the session, and what had begun in it would be lost with the connection.
		if now - _connection.heard_at > welcome.expiry * 1000 or not _source.still_names_it():
			_lose(pong.error)
	elif pong.answer.get("session") != welcome.session:
		_lose(Losses.no_session())


# The session is gone: what was half answered has failed; what was not answered waits for the next one, unless it might
# happen twice then. `refused`: what the daemon would not take, nor whatever was sent behind it.
func _lose(why: NpcError, refused: Exchange = null) -> void:
	var was_open := state == OPEN
	if not was_open and why.code in ["unreachable", "deadline"]:
		_source.distrust()
	_connection.close()
	_connection = null
	_hello = null
	_ping = null
	_restoring = []
	var losing := _in_flight
	_in_flight = {}
	_retry(why)
	var failed := []
	var was_refused := false
	var waiting := []
	for exchange in losing.values():
		was_refused = was_refused or exchange == refused
		exchange.times_put_off += 1
		if exchange.is_perishable or exchange.was_answered or exchange.times_put_off > TIMES_PUT_OFF:
			failed.append([exchange, Losses.no_session()])
		elif not was_refused and Losses.might_happen_twice(exchange):
			failed.append([exchange, Losses.doubtful(exchange)])
		elif exchange.type != Messages.HELLO:
			exchange.was_sent = false
			waiting.append(exchange)
	_put_off = waiting + _put_off
	if was_open and not _is_lost:
		_is_lost = true
		emit_signal("lost", why)
	for each in failed:
		each[0].fail(each[1])


# Each reason is told once, however often it is tried. What is lost in an open session is told by `lost`.
func _retry(why: NpcError) -> void:
	if state != OPEN and why.message != _told:
		_told = why.message
		emit_signal("trouble", why)
	if state == CLOSED:
		return  # by whoever was told
	state = SEEKING
	_next_try = OS.get_ticks_msec() + _wait
	_wait = int(min(2 * _wait, max(_wait, LONGEST_WAIT_MSEC)))
