extends Reference
# What goes wrong with a request: what it ends with that gets no answer, and which can be asked again in another session.

const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")
const NpcError = preload("npc_error.gd")


# What is not sent again where the daemon may have done it: a deed would be done twice.
static func might_happen_twice(exchange: Exchange) -> bool:
	var to_a_time: bool = exchange.type == Messages.WORLD_ADVANCE and exchange.fields.get("to") != null
	return Messages.DEEDS.has(exchange.type) and not to_a_time


static func no_session() -> NpcError:
	var hint := "ask again: a new session opens by itself"
	return NpcError.new("no_session", "the session was lost, and what had begun in it has ended", hint)


static func doubtful(exchange: Exchange) -> NpcError:
	var what := "the session was lost before %s was answered: it was done, or it was not" % exchange.type
	return NpcError.new("no_session", what, "look whether it was, before you ask again: a new session opens by itself")


static func late(exchange: Exchange) -> NpcError:
	var what := "the daemon has not answered %s for %s s" % [exchange.type, exchange.time_limit]
	return NpcError.new("deadline", what, "is it running? `npc-runtime doctor` tells more")


static func error_of(message: Dictionary) -> NpcError:
	return NpcError.new(message.code, message.message, message.get("hint", ""), message.get("detail", {}))


# A modder who mistyped a field, or whose disk is full, would not look for it in an answer that says `done`.
static func warnings_of(exchange: Exchange, answer: Dictionary) -> Array:
	var found := []
	for warning in answer.get("warnings", []):
		found.append(NpcError.new("invalid", warning, "it was left out of %s" % exchange.type))
	if answer.get("kept") == false:
		var what := "%s is done, but not on disk yet" % exchange.type
		found.append(NpcError.new("storage", what, "`health` says why, in `memory`"))
	return found
