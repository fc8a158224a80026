extends Reference
# What the plays have in common.

const Runtime = preload("res://addons/npc_runtime/core/runtime.gd")
const ALEX := "player:alex"

var tree: SceneTree
var arguments := []
var runtime
var is_done := false
var longest := 0


func note(kind: String, value = "") -> void:
	print("%s %s" % [kind, value])


# A client of the daemon of a folder, which starts none.
func connect_to(folder: String, more := {}) -> void:
	var options := {"data_dir": folder, "start": false, "name": "a test"}
	for option in more:
		options[option] = more[option]
	runtime = Runtime.new(options)
	runtime.connect("lost", self, "_on_lost")
	runtime.connect("restored", self, "_on_restored")
	runtime.connect("trouble", self, "_on_trouble")
	runtime.open()


func done() -> void:
	is_done = true


func leave() -> void:
	if runtime:
		note("pending", runtime.pending())
		runtime.close()
		runtime = null
	note("longest", longest)
	tree = null


# Notes what a reply says.
func listen_to(reply) -> void:
	reply.connect("emotion", self, "_on_emotion")
	reply.connect("sentence", self, "_on_sentence")
	reply.connect("wrote", self, "_on_wrote")


# Notes the events of a world.
func listen_to_events(world) -> void:
	world.connect("happened", self, "_on_happened")
	world.subscribe()


func _on_lost(error) -> void:
	note("lost", error)


func _on_restored(same_daemon: bool, troubles: Array) -> void:
	note("restored", "%s %d" % [same_daemon, troubles.size()])


func _on_trouble(error) -> void:
	note("trouble", error)


func _on_emotion(name: String) -> void:
	note("emotion", name)


func _on_sentence(text: String) -> void:
	note("sentence", text)


func _on_wrote(text: String) -> void:
	note("wrote", text)


func _on_happened(event: Dictionary) -> void:
	note("event", event.type)
	if event.type == "event.said":
		note("said", "%s %s" % [event.speaker, event.text])
