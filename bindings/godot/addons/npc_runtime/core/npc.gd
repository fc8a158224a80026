extends Reference
# A character of a world. Made by `spawn` of the world, it can be spoken to at once.

const Exchange = preload("exchange.gd")
const Messages = preload("messages.gd")

# It lives: {"npc", "name", "role", "at", "mood"}.
signal spawned(info)
# It could not be brought to life.
signal failed(error)

# As the game named it, and `npc:...` once it lives.
var id := ""
# What the daemon said of it when it was spawned; empty before.
var info := {}
# What the daemon said of a creature; empty for others.
var creature := {}
var world  # World


func _init(the_world, the_id: String):
	world = the_world
	id = the_id


# Brings it to life, or moves it; without `at` it is where it was, or where its persona says.
func spawn(at := "") -> Exchange:
	return world.request(Messages.NPC_SPAWN, {"npc": id, "at": at if at else null}, world.Session.REQUEST_SECONDS, self)


# Somebody says a line to it. Fields of `say`: {"name": "Alex", "actions": [...], "stream": "delta"}.
func say(speaker: String, text: String, fields := {}):
	return world.say(speaker, id, text, fields)


# Says that a player has come near and may speak soon: its first word then comes sooner. Nothing else comes of it.
func near(player: String, player_name := "") -> Exchange:
	return world.request(Messages.NPC_NEAR, {"npc": id, "player": player, "name": player_name if player_name else null})


# Takes it to a place.
func move(to: String) -> Exchange:
	return world.move(id, to)


# Takes it out of the world.
func despawn() -> Exchange:
	world.remember(id, false)
	return world.request(Messages.NPC_DESPAWN, {"npc": id})


# What it remembers of something, best first; or, of nothing said, what it learned last: a `memory.found`.
func memories(about := "", limit := 10) -> Exchange:
	return world.request(Messages.MEMORY_QUERY, {"npc": id, "about": about, "limit": limit})


# Gives it a memory of its past. Fields of `memory.teach`.
func teach(text: String, fields := {}) -> Exchange:
	return world.request(Messages.MEMORY_TEACH, world._with(fields, {"npc": id, "text": text}))


# How it stands to somebody, or to everybody it has met: a `relation.report`.
func relations(toward := "") -> Exchange:
	return world.request(Messages.RELATION_GET, {"npc": id, "toward": toward if toward else null})


# Moves how it stands to somebody. `reason` is told from its side: "Alex brought you bread." `by`: {"trust": 0.1}.
func adjust(toward: String, reason: String, by: Dictionary) -> Exchange:
	return world.request(Messages.RELATION_ADJUST, world._with(by, {"npc": id, "toward": toward, "reason": reason}))


func _took(message: Dictionary) -> void:
	match message.type:
		Messages.NPC_SPAWNED:
			info = message.npc
		Messages.CREATURE_GENERATED:
			creature = message
			info = message.spawned if message.get("spawned") else {"npc": message.npc}
	id = info.npc
	world.remember(id, true)
	emit_signal("spawned", info)


func _failed(error) -> void:
	emit_signal("failed", error)
