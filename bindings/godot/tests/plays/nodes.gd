extends "res://tests/play.gd"
# The two nodes in a scene.

const NpcRuntime = preload("res://addons/npc_runtime/npc_runtime.gd")
const NpcCharacter = preload("res://addons/npc_runtime/npc_character.gd")


func play() -> void:
	var npcs := NpcRuntime.new()
	npcs.data_folder = arguments[0]
	npcs.start_daemon = false
	npcs.world_name = "nodes"
	var mira := NpcCharacter.new()
	mira.npc_id = "mira"
	mira.place = "smithy"
	mira.player = ALEX
	mira.player_name = "Alex"
	for heard in ["emotion", "sentence"]:
		mira.connect(heard, self, "_on_" + heard)
	npcs.add_child(mira)
	tree.root.call_deferred("add_child", npcs)
	note("places", yield(npcs, "opened").places.size())
	note("spawned", yield(mira, "spawned").npc)
	mira.say("What do you sell?")
	note("end", yield(mira, "ended").text)
	var wrong := NpcCharacter.new()
	wrong.npc_id = "mria"
	npcs.add_child(wrong)
	note("failed", yield(wrong, "failed"))
	npcs.queue_free()
	yield(tree, "idle_frame")
	yield(tree, "idle_frame")
	done()
