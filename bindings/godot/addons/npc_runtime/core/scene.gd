extends Reference
# Characters talk among themselves: what a Quarrel and an Encounter have in common.
#
# The next turn waits until the last line was heard: it counts as heard when whatever is connected to `turn_ended` has
# returned. A game that plays speech sets `auto_heard` to false and calls `heard` when it has played the line.

const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")
const NpcError = preload("npc_error.gd")

# It has begun; `id` is known.
signal started
# Somebody begins to speak: a `scene.turn`, with "npc", "to", "move" ("accuse", "greet", ...) and "heat" (0 to 3).
signal turn(message)
signal emotion(npc, name)
signal sentence(npc, text)
signal wrote(npc, text)
signal action(npc, name, args)
# A line is complete: the `scene.turn`, with "text", "emotion", "source" and "finish" of its `reply.end`.
signal turn_ended(message)
# Nothing more comes: see `end` and `error`.
signal ended

const SECONDS := 60.0  # beyond its own limit, before a scene counts as lost

# False: the game calls `heard` itself.
var auto_heard := true
# Names it in requests; empty before it has begun.
var id := ""
var between := []
# The last message, once it is there; empty where it broke off.
var end := {}
# What it failed with, or null.
var error: NpcError
var is_over := false

var _session
var _world := ""
var _exchange: Exchange
var _turn := {}
var _taken := 0
var _is_away := false


# For World.
func set_up(session, world: String) -> void:
	_session = session
	_world = world


# Breaks it off: for whoever walks away.
func cancel() -> void:
	if is_over or _is_away:
		return
	_is_away = true
	if auto_heard and _taken > 0:
		heard(_turn.reply, _taken)
	_session.cancel(_exchange)


# Says that a line was really spoken, as far as its first `upto` sentences; all of it, where none is said.
func heard(reply: String, upto := -1) -> Exchange:
	return _session.begin(Messages.HEARD, {"world": _world, "reply": reply, "upto": upto if upto >= 0 else null})


# Says what became of the action that was proposed with a line; see `result` of a reply.
func result(reply: String, done: bool, reason := "", what := "") -> Exchange:
	var told := {"world": _world, "reply": reply, "done": done, "reason": reason, "what": what if what else null}
	return _session.begin(Messages.ACTION_RESULT, told)


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.SCENE_TURN:
			_turn = message
			_taken = 0
			if not _is_away:
				emit_signal("turn", message)
		Messages.REPLY_START:
			if not _is_away:
				emit_signal("emotion", message.npc, message.emotion)
		Messages.REPLY_SENTENCE:
			if not _is_away:
				emit_signal("sentence", message.npc, message.text)
				_taken = message.index + 1
		Messages.REPLY_DELTA:
			if not _is_away:
				emit_signal("wrote", message.npc, message.text)
		Messages.REPLY_ACTION:
			if not _is_away:
				emit_signal("action", message.npc, message.name, message.args)
		Messages.REPLY_END:
			_end_turn(message)


# One `heard` for a line: the daemon goes on to the next turn with the first that it gets.
func _end_turn(message: Dictionary) -> void:
	if _is_away:
		return
	var whole := _turn.duplicate()
	for field in ["text", "emotion", "source", "finish"]:
		whole[field] = message[field]
	emit_signal("turn_ended", whole)
	if auto_heard and not _is_away:
		if message.finish != "cancelled":
			heard(message.reply)
		elif _taken > 0:
			heard(message.reply, _taken)
	_taken = 0


func _failed(why: NpcError) -> void:
	if not (_is_away and why.code == "cancelled"):
		error = why
	_finish()


func _finish() -> void:
	is_over = true
	emit_signal("ended")
