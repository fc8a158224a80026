extends "res://tests/play.gd"
# Its daemon is killed under it, twice: while two talk, and while two quarrel.

var world


func play() -> void:
	connect_to(arguments[0])
	world = runtime.open_world("resume", {"pack": "hollowmere"})
	listen_to_events(world)
	var mira = world.spawn("mira", "smithy")
	world.spawn("tom", "smithy")
	var reply = mira.say(ALEX, "What do you sell?")
	yield(reply, "ended")
	note("answered", reply.text)
	yield(runtime, "restored")
	reply = mira.say(ALEX, "Are you still there?")
	yield(reply, "ended")
	note("again", reply.text)
	var asked = world.request("npc.list")
	yield(asked, "ended")
	for npc in asked.answer.npcs:
		note("listed", npc.npc)
	var quarrel = world.argue(["mira", "tom"], "the stolen hammer", {"limits": {"turns": 4}})
	quarrel.connect("started", self, "note", ["started"])
	quarrel.connect("turn_ended", self, "_on_turn_ended")
	yield(quarrel, "ended")
	note("settled", quarrel.outcome.get("kind", quarrel.error))
	yield(runtime.request("ping"), "ended")  # behind the last `heard`
	world = null
	done()


func _on_turn_ended(turn: Dictionary) -> void:
	note("line", turn.text)
