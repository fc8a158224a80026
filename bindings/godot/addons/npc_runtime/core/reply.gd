extends Reference
# What a character answers to a line: made by `say` of a character or a world.
#
# What was not heard did not happen: a sentence counts as heard when whatever is connected to `sentence` has returned, and
# the daemon is told once, at the end of the line or when it is left. A game that plays speech sets `auto_heard` to false
# and calls `heard` itself.

const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")
const NpcError = preload("npc_error.gd")

# How it is said, before the first word: one of Messages.EMOTIONS.
signal emotion(name)
# A whole sentence.
signal sentence(text)
# A run of text, where the line was said with {"stream": "delta"}.
signal wrote(text)
# The character proposes one of the actions that were offered: the game carries it out or not, and calls `result`.
signal action(name, args)
# Nothing more comes: see `text`, `finish`, `nobody` and `error`.
signal ended

# False: the game calls `heard` itself.
var auto_heard := true
# Names it in other requests; empty before its first part.
var id := ""
# Who answers; empty before that is known.
var npc := ""
# The whole text, once it has ended.
var text := ""
# "model", "bark" or "fallback".
var source := ""
# How it ended: "stop", "length", "cancelled", "deadline" or "error"; empty where nobody answered, or `error` says why.
var finish := ""
# Why nobody answers, where nobody does.
var nobody := ""
# What it failed with, or null.
var error: NpcError
# The last message, as it came.
var end := {}
# What a question over the lore was answered from: a `lore.answered`.
var lore := {}

var _session
var _world := ""
var _exchange: Exchange
var _taken := 0
var _is_told := false
var _is_away := false


func _init(session, world: String):
	_session = session
	_world = world


# For World.
func begin(exchange: Exchange) -> void:
	_exchange = exchange


func is_over() -> bool:
	return _exchange.is_over


# The id of the request, which `cancel` names.
func request_id() -> String:
	return _exchange.id


# Walks away: no more sentences come, only the end, with the finish "cancelled".
func cancel() -> void:
	if _is_away or _exchange.is_over:
		return
	_is_away = true
	_session.cancel(_exchange)
	if id:
		_tell(_taken)


# Says that the line was really spoken, as far as its first `upto` sentences; all of it, where none is said.
func heard(upto := -1) -> Exchange:
	return _session.begin(Messages.HEARD, {"world": _world, "reply": id, "upto": upto if upto >= 0 else null})


# Says what became of the action that was proposed, which everybody remembers who heard the line: `reason` why not ("none are
# left"), or `what` happened, in a sentence ("Mira gave Alex a loaf.").
func result(done: bool, reason := "", what := "") -> Exchange:
	var told := {"world": _world, "reply": id, "done": done, "reason": reason, "what": what if what else null}
	return _session.begin(Messages.ACTION_RESULT, told)


# What the character was told and knew: a `why.report`.
func why() -> Exchange:
	return _session.begin(Messages.WHY, {"world": _world, "reply": id})


# Judges it once it has ended: {"rating": 2}, {"better": "(sad) It fell last night."}, or both.
func feedback(judged: Dictionary) -> Exchange:
	var fields := judged.duplicate()
	fields["world"] = _world
	fields["reply"] = id
	return _session.begin(Messages.FEEDBACK, fields)


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.REPLY_SENTENCE:
			if not _is_away:
				emit_signal("sentence", message.text)
				if not _is_away:  # or whoever heard it walked away there, and it was cut short
					_taken = message.index + 1
		Messages.REPLY_DELTA:
			if not _is_away:
				emit_signal("wrote", message.text)
		Messages.REPLY_START:
			id = message.reply
			npc = message.npc
			source = message.source
			if not _is_away:
				emit_signal("emotion", message.emotion)
		Messages.REPLY_ACTION:
			if not _is_away:
				emit_signal("action", message.name, message.args)
		Messages.REPLY_END:
			_end(message)
		Messages.REPLY_NONE:
			nobody = message.reason
			end = message
			emit_signal("ended")
		Messages.LORE_ANSWERED:
			lore = message
			if message.get("last"):
				nobody = message.get("reason", "")
				end = message
				emit_signal("ended")


func _end(message: Dictionary) -> void:
	end = message
	id = message.reply
	npc = message.npc
	text = message.text
	source = message.source
	finish = message.finish
	emit_signal("ended")
	if text:
		_tell(_taken if _is_away else -1)


func _failed(why_not: NpcError) -> void:
	if _is_away and why_not.code == "cancelled":
		finish = "cancelled"  # as it was asked to, before anybody began to answer
	else:
		error = why_not
	emit_signal("ended")


# Once, since the daemon makes a memory of each `heard`.
func _tell(upto: int) -> void:
	if auto_heard and not _is_told:
		_is_told = true
		heard(upto)
