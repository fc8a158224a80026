extends Reference
# A request, and what comes back for it. It is sent at once, or as soon as there is a session:
#
#     var asked = world.save("slot 1")
#     yield(asked, "ended")
#     if asked.error: push_warning(str(asked.error))
#
# Signals come from `poll` alone, never before the call has returned that made the request.

const NpcError = preload("npc_error.gd")

# Nothing more comes: see `answer` and `error`.
signal ended

# Its type, and its id, which `cancel` names.
var type := ""
var id := ""
# The last answer; empty where there is none, or an error instead.
var answer := {}
# What it ended with instead of an answer, or null.
var error: NpcError
var is_over := false

# For the session:
var fields := {}
var time_limit := 0.0  # seconds of silence, after which the daemon counts as gone
var is_perishable := false  # of no use to another session
var was_sent := false
var was_answered := false
var times_put_off := 0
var silent_since := 0
var listener: Object  # has `_took(message)` and `_failed(error)`


func _init(the_type: String, the_id: String, the_fields: Dictionary, seconds: float):
	type = the_type
	id = the_id
	fields = the_fields
	time_limit = seconds
	silent_since = OS.get_ticks_msec()


# For the session: takes an answer.
func take(message: Dictionary, now: int) -> void:
	silent_since = now
	was_answered = true
	if message.get("last"):
		is_over = true
		answer = message
	if listener:
		listener._took(message)
	if is_over:
		_end()


# For the session: ends it with an error.
func fail(why: NpcError) -> void:
	if is_over:
		return
	is_over = true
	error = why
	if listener:
		listener._failed(why)
	_end()


func _end() -> void:
	listener = null  # which may hold this exchange: nobody would let go of either
	emit_signal("ended")
