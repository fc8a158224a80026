extends "scene.gd"
# Small talk among characters. It is over where the session is.

const USUAL_SECONDS := 60.0


# For World: begins it.
func start(fields: Dictionary) -> void:
	var asked := fields.duplicate()
	asked["world"] = _world
	var limits = fields.get("limits")
	var seconds: float = limits.get("seconds", USUAL_SECONDS) if limits else USUAL_SECONDS
	_exchange = _session.begin(Messages.ENCOUNTER_START, asked, seconds + SECONDS, self)


# Ends it where it stands.
func stop() -> Exchange:
	return _session.begin(Messages.ENCOUNTER_STOP, {"world": _world, "encounter": id})


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.ENCOUNTER_STARTED:
			id = message.encounter
			between = message.between
			emit_signal("started")
		Messages.ENCOUNTER_ENDED:
			end = message
			_finish()
		_:
			._took(message)
