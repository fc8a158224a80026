extends Reference
# An open world: who is in it, what they say, what is true, remembered and saved. Made by `open_world` of the runtime.
#
# Every call returns at once. What it returns has a signal that tells the rest: an Exchange `ended`, a Reply `sentence`, and
# so on. Fields carry the protocol's names.

const Encounter = preload("encounter.gd")
const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")
const NpcError = preload("npc_error.gd")
const Npc = preload("npc.gd")
const Quarrel = preload("quarrel.gd")
const Reply = preload("reply.gd")
const Session = preload("session.gd")

# It is open: with places, personas, the game time, and whether it can be kept (`remembers`, `trouble`).
signal opened(answer)
# It could not be opened.
signal failed(error)
# An event, where `subscribe` has asked for them; told apart by `event.type`.
signal happened(event)
# It was closed, by `close`.
signal closed

const REPLY_SECONDS := 15.0  # beyond its deadline, before a reply counts as lost
const USUAL_DEADLINE := 20.0  # of a reply, before the daemon has said its own
const CREATURE_SECONDS := 20.0

var id := ""

var _session: Session
var _opening: Exchange
var _closing: Exchange
var _speech = null  # null: nobody listens


func _init(session: Session, the_id: String):
	_session = session
	id = the_id


# For the runtime.
func open(how: Dictionary) -> void:
	var fields := how.duplicate()
	fields["world"] = id
	_opening = _session.begin(Messages.WORLD_OPEN, fields, Session.WORLD_SECONDS, self)


# Any request about this world, as it is.
func request(type: String, fields := {}, seconds := Session.REQUEST_SECONDS, listener: Object = null) -> Exchange:
	var all := fields.duplicate()
	all["world"] = id
	if not _opening.is_over:
		seconds += Session.WORLD_SECONDS  # for the world comes first
	return _session.begin(type, all, seconds, listener)


# Closes the world: what is said in it is cancelled, and its file is let go of.
func close() -> Exchange:
	_closing = request(Messages.WORLD_CLOSE, {}, Session.WORLD_SECONDS, self)
	return _closing


# ---------------------------------------------------------------------------------------------------- who is where


# Makes places, by id, beside those that there are or in their stead: {"mill": {"name": "the mill"}}.
func define_places(places: Dictionary) -> Exchange:
	return request(Messages.PLACE_DEFINE, {"places": places})


# Makes characters who can be spawned then, or changes them, by id; those who know each other in one call.
func define(personas: Dictionary) -> Exchange:
	return request(Messages.NPC_DEFINE, {"personas": personas})


# Brings a character to life, or moves it; without `at` it is where it was, or where its persona says.
func spawn(npc: String, at := "") -> Npc:
	var made := Npc.new(self, npc)
	made.spawn(at)
	return made


# For Npc: who is brought back into another session.
func remember(npc: String, is_there: bool) -> void:
	if _session.worlds.has(id):
		if is_there:
			_session.worlds[id].npcs[npc] = true
		else:
			_session.worlds[id].npcs.erase(npc)


# Makes a creature that nobody wrote, and brings it to life; fields of `creature.generate`.
func creature(fields := {}) -> Npc:
	var made := Npc.new(self, "")
	var seconds: float = fields.get("deadline", CREATURE_SECONDS) + REPLY_SECONDS
	request(Messages.CREATURE_GENERATE, fields, seconds, made)
	return made


# Says where a player or a character is now; `name` is how characters call a player.
func move(entity: String, to: String, name := "") -> Exchange:
	return request(Messages.ENTITY_MOVE, {"entity": entity, "to": to, "name": name if name else null})


# -------------------------------------------------------------------------------------------- what is true and happens


# Says what is true of the world, a place or an entity; null takes a fact out. `text` says it in words.
func set_fact(name: String, value, scope := "world", text := "") -> Exchange:
	return request(Messages.WORLD_SET, {"name": name, "value": value, "scope": scope, "text": text})


# Something happened: "Tom stole the hammer." The answer has what each character has of it. Fields of `world.event`.
func event(what: String, fields := {}) -> Exchange:
	return request(Messages.WORLD_EVENT, _with(fields, {"what": what}))


# Sets the game clock forward, by "2d", "3h 30m" or seconds; by 0 only asks for the time.
func advance(by) -> Exchange:
	return request(Messages.WORLD_ADVANCE, {"by": by})


# Has `happened` told of whatever happens here; with `speech` also of what other sessions have characters say.
func subscribe(speech := false) -> Exchange:
	_listen(speech)
	return request(Messages.SUBSCRIBE, {"speech": speech})


func unsubscribe() -> Exchange:
	_listen(null)
	return request(Messages.UNSUBSCRIBE)


func _listen(speech) -> void:
	_speech = speech
	if _session.worlds.has(id):
		_session.worlds[id].speech = speech


# ------------------------------------------------------------------------------------------------------------- talk


# Somebody says a line: to one character, or to all who are there (`to` is empty), of whom one answers, or nobody. Fields of
# `say`, such as `actions`, `heard_by`, `private`, `stream`.
func say(speaker: String, to: String, text: String, fields := {}) -> Reply:
	var said := _with(fields, {"from": speaker, "to": to if to else null, "text": text})
	var reply := Reply.new(_session, id)
	reply.begin(request(Messages.SAY, said, _reply_seconds(fields), reply))
	return reply


# Asks over the lore of the village; whoever may know it and is nearest answers. Fields of `lore.ask`.
func ask_lore(question: String, fields := {}) -> Reply:
	var reply := Reply.new(_session, id)
	var asked := _with(fields, {"question": question})
	reply.begin(request(Messages.LORE_ASK, asked, _reply_seconds(fields), reply))
	return reply


# Has characters who are at one place argue. Fields of `argue.start`, such as `parties`, `limits`.
func argue(between: Array, about := "", fields := {}) -> Quarrel:
	var quarrel := Quarrel.new()
	quarrel.set_up(_session, id)
	quarrel.start(_with(fields, {"between": between, "about": about}))
	return quarrel


# Takes up an argument that broke off, or that a save brought along (`argue.list` names them).
func resume(argument: String, fields := {}) -> Quarrel:
	var quarrel := Quarrel.new()
	quarrel.set_up(_session, id)
	quarrel.resume(argument, fields)
	return quarrel


# Has characters who are at one place talk among themselves. Fields of `encounter.start`.
func encounter(between: Array, fields := {}) -> Encounter:
	var made := Encounter.new()
	made.set_up(_session, id)
	made.start(_with(fields, {"between": between}))
	return made


# ------------------------------------------------------------------------------------------------------------ saves


# Saves the world under the name of the game's slot, in place of what that held.
func save(slot: String) -> Exchange:
	return request(Messages.SAVE_CREATE, {"save": slot}, Session.WORLD_SECONDS)


# Takes the world back to a save: what happened since is abandoned.
func restore(slot: String) -> Exchange:
	return request(Messages.SAVE_RESTORE, {"save": slot}, Session.WORLD_SECONDS)


# The saves that there are: a `save.listing`.
func saves() -> Exchange:
	return request(Messages.SAVE_LIST)


func delete_save(slot: String) -> Exchange:
	return request(Messages.SAVE_DELETE, {"save": slot})


# ---------------------------------------------------------------------------------------------------------- helpers


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.WORLD_OPENED:
			var npcs: Dictionary = _session.worlds[id].npcs if _session.worlds.has(id) else {}
			_session.worlds[id] = {"open": _opening.fields, "npcs": npcs, "speech": _speech}
			emit_signal("opened", message)
		Messages.DONE:
			if _closing and _closing.is_over:
				_session.worlds.erase(id)
				emit_signal("closed")


func _failed(error: NpcError) -> void:
	if _opening.is_over and _opening.error == error:
		emit_signal("failed", error)


func _reply_seconds(fields: Dictionary) -> float:
	var deadline = fields.get("deadline")
	return REPLY_SECONDS + (deadline if deadline != null else _session.welcome.get("deadline", USUAL_DEADLINE))


static func _with(fields: Dictionary, more: Dictionary) -> Dictionary:
	var all := fields.duplicate()
	for field in more:
		all[field] = more[field]
	return all
