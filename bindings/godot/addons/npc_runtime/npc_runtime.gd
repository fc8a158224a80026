extends Node
# The daemon, and the world that a game plays in. Put one into the scene (or make it an autoload): it finds the daemon of
# its data folder or starts one, opens the world, and does all its work in `_process`, a little each frame.

const Runtime = preload("core/runtime.gd")
const NpcWorld = preload("core/world.gd")

const GROUP := "npc_runtime"

# The world is open: a `world.opened`, with places and personas. Where `remembers` is false, show `trouble` to the player.
signal opened(answer)
# The world could not be opened.
signal failed(error)
# The daemon is out of reach: it comes back by itself.
signal lost(error)
# It is back, with worlds, characters, subscriptions and quarrels. `troubles` could not be brought back.
signal restored(same_daemon, troubles)
# Something that nobody waited for went wrong. Where nothing is connected, it is written to the log.
signal trouble(error)

export(String) var data_folder := "user://npc-runtime"
export(String) var world_name := "save-1"
# A bundled pack, or a folder of your own. Empty: a village of your own, which `world.define` and `define_places` fill.
export(String) var pack := "hollowmere"
export(String) var village := ""
export(bool) var start_daemon := true
# The command that starts it; or the path of the one that you ship.
export(String) var program := "npc-runtime"
export(PoolStringArray) var arguments := PoolStringArray()
# Frames a second that the game wants: where the model costs some, it is held back. 0: it never is.
export(float) var target_fps := 60.0
# Microseconds of a frame that reading may take.
export(int) var budget_usec := 300

var runtime: Runtime
var world: NpcWorld


func _enter_tree() -> void:
	pause_mode = PAUSE_MODE_PROCESS  # whoever pauses the game is not gone
	add_to_group(GROUP)
	var options := {
		"data_dir": data_folder,
		"start": start_daemon,
		"program": program,
		"arguments": Array(arguments),
		"name": ProjectSettings.get_setting("application/config/name").substr(0, 64),
	}
	if not options.name:
		options.erase("name")
	runtime = Runtime.new(options)
	runtime.connect("lost", self, "_on_lost")
	runtime.connect("restored", self, "_on_restored")
	runtime.connect("trouble", self, "_on_trouble")
	runtime.open()
	var how := {"village": {"name": village}} if village else {"pack": pack}
	world = runtime.open_world(world_name, how)
	world.connect("opened", self, "_on_opened")
	world.connect("failed", self, "_on_failed")


func _exit_tree() -> void:
	runtime.close()
	runtime = null
	world = null


func _process(delta: float) -> void:
	runtime.budget_usec = budget_usec
	runtime.poll()
	if runtime and target_fps > 0:  # whatever was called may have taken this node out
		runtime.report_frame(delta * 1000.0, 1000.0 / target_fps)


func _on_opened(answer: Dictionary) -> void:
	emit_signal("opened", answer)


func _on_failed(error) -> void:
	if get_signal_connection_list("failed").empty():
		push_warning(str(error))
	emit_signal("failed", error)


func _on_lost(error) -> void:
	emit_signal("lost", error)


func _on_restored(same_daemon: bool, troubles: Array) -> void:
	emit_signal("restored", same_daemon, troubles)


func _on_trouble(error) -> void:
	if get_signal_connection_list("trouble").empty():
		push_warning(str(error))
	emit_signal("trouble", error)
