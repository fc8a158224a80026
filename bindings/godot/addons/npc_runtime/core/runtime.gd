extends Reference
# A connection to the daemon. Nothing waits: whatever is asked is sent at once, or as soon as there is a session, and what
# comes back comes from `poll`, which the game calls each frame. The node NpcRuntime does that.

const DaemonSource = preload("daemon_source.gd")
const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")
const Session = preload("session.gd")
const NpcWorld = preload("world.gd")

# There is a session, for the first time.
signal opened
# The daemon is out of reach. What waits for an answer goes on by itself, or fails with `no_session`.
signal lost(error)
# There is another session: worlds, characters, subscriptions and quarrels are there again. Where `same_daemon` is false it
# was started again. `troubles` are errors: what could not be brought back, and why.
signal restored(same_daemon, troubles)
# Something that nobody waited for went wrong: worth a line in the game's log.
signal trouble(error)

# How often the frame times are told.
const FRAMES_MSEC := 1000

# How long a `poll` may take, in microseconds, before it leaves the rest to the next one.
var budget_usec := 300

var _session: Session
var _source: DaemonSource
var _worlds := {}
var _frames := 0
var _frames_ms := 0.0
var _frames_since := OS.get_ticks_msec()
var _reported: Exchange


# Options: those of DaemonSource (`data_dir`, or `endpoint` and `token`; `program`, `arguments`, `start`, ...), and `name`
# and `version` of the game, for the daemon's log.
func _init(options := {}):
	_source = DaemonSource.new(options)
	var client := {"name": options.get("name", "npc_runtime for Godot")}
	if options.has("version"):
		client["version"] = options.version
	_session = Session.new(_source, client)
	_session.connect("opened", self, "emit_signal", ["opened"])
	_session.connect("happened", self, "_on_happened")
	_session.connect("lost", self, "_on_lost")
	_session.connect("restored", self, "_on_restored")
	_session.connect("trouble", self, "_on_trouble")


# Begins to look for a daemon, or to start one.
func open() -> void:
	_session.open()


# Reads what has come and calls what listens to it. Call it each frame.
func poll() -> void:
	_session.poll(budget_usec)


# Leaves the daemon, and ends it if this client started it. What waits for an answer fails as `cancelled`.
func close() -> void:
	_session.close()
	_source.close()
	_worlds = {}


# Whether there is a session just now.
func is_open() -> bool:
	return _session.state == Session.OPEN


# What the daemon said to `hello`; empty before that.
func welcome() -> Dictionary:
	return _session.welcome


# How many requests wait for an answer, or for a session.
func pending() -> int:
	return _session.pending()


# Opens or joins a world: one playthrough. `how` is {"pack": "hollowmere"}, or {"village": {"name": "Millbrook"}} for places
# and people of the game's own. The world can be used at once; its signal `opened` tells what was there.
func open_world(world: String, how := {}) -> NpcWorld:
	var made: NpcWorld = _worlds.get(world)
	if made == null:
		made = NpcWorld.new(_session, world)
		made.connect("closed", self, "_on_closed", [world])
		_worlds[world] = made
	made.open(how)
	return made


# How the daemon is: a `health.report`.
func health() -> Exchange:
	return request(Messages.HEALTH)


# Tells how many milliseconds a frame took, and how many it may take; for every frame, since it averages. About once a
# second the daemon is told, and the model is held back where it costs frames. The node NpcRuntime does that.
func report_frame(ms: float, target_ms := 1000.0 / 60) -> void:
	_frames_ms += ms
	_frames += 1
	var now := OS.get_ticks_msec()
	if now - _frames_since < FRAMES_MSEC:
		return
	if is_open() and _frames_ms > 0 and (not _reported or _reported.is_over):
		_reported = request(Messages.BUDGET_REPORT, {"frame_ms": _frames_ms / _frames, "target_ms": target_ms})
	_frames_since = now
	_frames_ms = 0.0
	_frames = 0


# Any request of the protocol, as it is.
func request(type: String, fields := {}, seconds := Session.REQUEST_SECONDS) -> Exchange:
	return _session.begin(type, fields, seconds)


func _on_happened(event: Dictionary) -> void:
	var world: NpcWorld = _worlds.get(event.get("world"))
	if world:
		world.emit_signal("happened", event)


func _on_closed(world: String) -> void:
	_worlds.erase(world)


func _on_lost(error) -> void:
	emit_signal("lost", error)


func _on_restored(same_daemon: bool, troubles: Array) -> void:
	emit_signal("restored", same_daemon, troubles)


func _on_trouble(error) -> void:
	emit_signal("trouble", error)
