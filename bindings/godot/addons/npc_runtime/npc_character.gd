extends Node
# A character of the game that answers. Put it under whatever is seen of the character, and connect its signals.

const NpcRuntime = preload("npc_runtime.gd")
const Npc = preload("core/npc.gd")
const Reply = preload("core/reply.gd")

# It lives: {"npc", "name", "role", "at", "mood"}.
signal spawned(info)
# How the line is said, before its first word: "happy", "angry", ...
signal emotion(name)
# A sentence of its line. When this has returned it counts as heard, unless `auto_heard` is false.
signal sentence(text)
# It proposes one of the actions that were offered: carry it out or not, and tell by `reply.result`.
signal action(name, args)
# The line is over: see its `text`, `finish`, `nobody` and `error`.
signal ended(reply)
# It could not be brought to life, or a line of it failed. Where nothing is connected, it is written to the log.
signal failed(error)

# Its id in the pack: "mira".
export(String) var npc_id := ""
# Where it is: "smithy". Empty: where it was, or where its persona says.
export(String) var place := ""
# Who speaks to it, and how it calls that player.
export(String) var player := "player:1"
export(String) var player_name := ""
# False: call `reply.heard(number)` when so many sentences have been spoken.
export(bool) var auto_heard := true
# The NpcRuntime; empty: the first one in the scene.
export(NodePath) var runtime_path := NodePath()

var npc: Npc
# The line that it is saying, or said last.
var reply: Reply


func _ready() -> void:
	var runtime := _runtime()
	if runtime == null:
		push_warning("%s finds no NpcRuntime: put one into the scene, above it" % name)
	elif npc_id:
		npc = runtime.world.spawn(npc_id, place)
		npc.connect("spawned", self, "_on_spawned")
		npc.connect("failed", self, "_on_failed")


func _exit_tree() -> void:
	walk_away()


# The player says something to it. Fields of `say`, such as `actions`. A line that it is still saying is left.
func say(text: String, fields := {}) -> Reply:
	if npc == null:
		push_warning("%s has no character to speak to" % name)
		return null
	walk_away()
	var said := fields.duplicate()
	if player_name and not said.has("name"):
		said["name"] = player_name
	reply = npc.say(player, text, said)
	reply.auto_heard = auto_heard
	var number := reply.get_instance_id()  # a reply that were bound to its own signals would never go away
	reply.connect("emotion", self, "_on_emotion", [number])
	reply.connect("sentence", self, "_on_sentence", [number])
	reply.connect("action", self, "_on_action", [number])
	reply.connect("ended", self, "_on_ended", [number])
	return reply


# The player has come near: its first word then comes sooner. Fits `body_entered` of an area around it.
func player_near(_body = null) -> void:
	if npc:
		npc.near(player, player_name)


# The player turns away: the rest of the line is not said.
func walk_away() -> void:
	if reply:
		reply.cancel()


func _runtime() -> NpcRuntime:
	if runtime_path:
		return get_node(runtime_path) as NpcRuntime
	var found := get_tree().get_nodes_in_group(NpcRuntime.GROUP)
	return found[0] if found else null


func _on_spawned(info: Dictionary) -> void:
	emit_signal("spawned", info)


# What still comes of a line that was left concerns nobody.
func _is_current(number: int) -> bool:
	return reply != null and reply.get_instance_id() == number


func _on_emotion(feeling: String, number: int) -> void:
	if _is_current(number):
		emit_signal("emotion", feeling)


func _on_sentence(text: String, number: int) -> void:
	if _is_current(number):
		emit_signal("sentence", text)


func _on_action(proposed: String, args: Array, number: int) -> void:
	if _is_current(number):
		emit_signal("action", proposed, args)


func _on_ended(number: int) -> void:
	if _is_current(number):
		if reply.error:
			_on_failed(reply.error)
		emit_signal("ended", reply)


func _on_failed(error) -> void:
	if get_signal_connection_list("failed").empty():
		push_warning("%s: %s" % [npc_id, error])
	emit_signal("failed", error)
