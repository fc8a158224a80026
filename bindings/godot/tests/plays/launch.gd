extends "res://tests/play.gd"
# Starts a daemon of its own; when that is killed, another.

var world


func play() -> void:
	var command := Array(arguments).slice(1, arguments.size() - 1)
	var flags := ["--model", "none.gguf", "--embedding", "off"]
	connect_to(arguments[0], {"start": true, "program": command, "arguments": flags, "run_in": OS.get_environment("RUN_IN")})
	world = runtime.open_world("launch", {"pack": "hollowmere"})
	var mira = world.spawn("mira", "smithy")
	mira.connect("failed", self, "_on_failed")
	var reply = mira.say(ALEX, "What do you sell?")
	yield(reply, "ended")
	note("answered", reply.error if reply.error else reply.text)
	if reply.error == null:
		yield(runtime, "restored")
		reply = mira.say(ALEX, "Are you still there?")
		yield(reply, "ended")
		note("again", reply.text)
	world = null
	done()


func _on_failed(error) -> void:
	note("failed", error)
