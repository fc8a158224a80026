extends "scene.gd"
# An argument. When the session is lost it is resumed in the next one, or begins anew where nothing of it had been heard.

# It has become hotter than it was: `party` is the hottest, `heat` 0 to 3.
signal escalated(party, heat)
# Somebody has stepped in, and it takes effect now: an `argue.intervened`.
signal intervened(message)

const USUAL_SECONDS := 120.0
const MOST_SECONDS := 3600.0  # of an argument that is resumed, whose limits this client does not know

# How it ended: {"kind": "concede", "by", "to", "agreed", "text", ...}; empty before, and where it broke off.
var outcome := {}

var _asked := {}
var _resumed := {}
var _is_resuming := false


# For World: begins it.
func start(fields: Dictionary) -> void:
	_asked = fields.duplicate()
	_asked["world"] = _world
	for field in ["priority", "heard_by", "stream"]:
		if fields.has(field):
			_resumed[field] = fields[field]
	var limits = fields.get("limits")
	var seconds: float = limits.get("seconds", USUAL_SECONDS) if limits else USUAL_SECONDS
	_exchange = _session.begin(Messages.ARGUE_START, _asked, seconds + SECONDS, self)


# For World: takes it up again.
func resume(argument: String, fields: Dictionary) -> void:
	id = argument
	_resumed = fields.duplicate()
	_resume()


# A player, or a character who is no party, speaks into it. The answer says how the line was read and taken.
func intervene(speaker: String, text: String, name := "") -> Exchange:
	var said := {"world": _world, "argument": id, "from": speaker, "text": text, "name": name if name else null}
	return _session.begin(Messages.ARGUE_INTERVENE, said)


# Ends it where it stands, as a stalemate.
func stop() -> Exchange:
	return _session.begin(Messages.ARGUE_STOP, {"world": _world, "argument": id})


func _resume() -> void:
	var fields := _resumed.duplicate()
	fields["world"] = _world
	fields["argument"] = id
	_exchange = _session.begin(Messages.ARGUE_RESUME, fields, MOST_SECONDS + SECONDS, self)


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.ARGUE_STARTED:
			id = message.argument
			between = message.between
			_is_resuming = false
			emit_signal("started")
		Messages.ARGUE_ESCALATED:
			emit_signal("escalated", message.party, message.heat)
		Messages.ARGUE_INTERVENED:
			emit_signal("intervened", message)
		Messages.ARGUE_SETTLED:
			end = message
			outcome = message.outcome
			_finish()
		_:
			._took(message)


func _failed(why: NpcError) -> void:
	if why.code == "no_session" and not _is_away and id:
		_is_resuming = true
		_resume()
	elif why.code == "not_found" and _is_resuming and _asked:
		_is_resuming = false
		start(_asked)  # no line of it was heard
	else:
		._failed(why)
