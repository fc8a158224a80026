extends "res://tests/play.gd"
# The client's side of conversations that were recorded, with a daemon that only plays its own.

var world
var runs := 0
var reply


func play() -> void:
	connect_to(arguments[1])
	world = runtime.open_world(arguments[0], {"pack": "hollowmere"})
	yield(world, "opened")
	call(arguments[0].replace("-", "_"))


func first_talk() -> void:
	var mira = world.spawn("mira", "smithy")
	yield(mira, "spawned")
	reply = mira.say(ALEX, "Good day! What do you sell?", {"name": "Alex", "seed": 7, "stream": "delta"})
	listen_to(reply)
	yield(reply, "ended")
	note("end", reply.text)
	finish()


func walking_away() -> void:
	var mira = world.spawn("mira", "smithy")
	yield(mira, "spawned")
	var how := {"name": "Alex", "seed": 7, "stream": "delta", "barks": "never", "max_tokens": 200}
	reply = mira.say(ALEX, "Tell me all that you know of this village.", how)
	reply.connect("wrote", self, "_on_run")
	reply.connect("sentence", self, "_on_sentence")
	yield(reply, "ended")
	note("end", "%s: %s" % [reply.finish, reply.text])
	yield(runtime.request("cancel", {"target": reply.request_id()}), "ended")
	var asked = runtime.request("cancel", {"target": "never-sent"})
	yield(asked, "ended")
	note("refused", asked.error)
	finish()


func _on_run(_text: String) -> void:
	runs += 1
	if runs == 3:
		reply.cancel()


func lost_session() -> void:
	yield(world.spawn("mira", "smithy"), "spawned")
	listen_to_events(world)
	var asked = world.request("npc.list")
	yield(asked, "ended")
	for npc in asked.answer.npcs:
		note("listed", npc.npc)
	yield(world.spawn("tom", "smithy"), "spawned")
	note("spawned", "tom")
	finish()


func mistakes() -> void:
	var nobody = world.spawn("mria", "smithy")
	note("refused", yield(nobody, "failed"))
	yield(world.spawn("mira", "smithy"), "spawned")
	var asked = world.request("world.advance")
	yield(asked, "ended")
	note("refused", asked.error)
	asked = world.advance("30m")
	yield(asked, "ended")
	note("moment", asked.answer.moment)
	var stolen := {"at": "smithy", "importance": 0.7}
	asked = world.event("Tom stole the hammer.", stolen)
	yield(asked, "ended")
	note("perceived", asked.answer.perceived.size())
	asked = world.event("Tom stole the hammer.", {"at": "smithy", "importance": 0.7, "witnesses": ["tom"]})
	yield(asked, "ended")
	note("refused", "%s %s" % [asked.error, asked.error.detail])
	asked = world.event("Tom stole the hammer.", stolen)
	yield(asked, "ended")
	note("perceived", asked.answer.perceived[0].npc)
	finish()


func an_action() -> void:
	var mira = world.spawn("mira", "smithy")
	yield(mira, "spawned")
	var offer := {"name": "give", "args": [["item:minecraft:bread"]]}
	reply = mira.say(ALEX, "A loaf, please.", {"heard_by": ["npc:tom", "player:Steve Smith"], "actions": [offer]})
	reply.connect("action", self, "_on_action")
	yield(reply, "ended")
	var told = reply.result(false, "none are left")
	yield(told, "ended")
	note("perceived", told.answer.perceived[0].text)
	finish()


func _on_action(name: String, args: Array) -> void:
	note("proposed", "%s %s" % [name, args[0]])


# Nothing tells of the answer to the last `heard`; that of a ping comes behind it.
func finish() -> void:
	yield(runtime.request("ping"), "ended")
	reply = null
	world = null
	done()
