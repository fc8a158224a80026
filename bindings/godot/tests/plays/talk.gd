extends "res://tests/play.gd"
# A villager answers, is heard, and is left in the middle of a line.

var world
var left


func play() -> void:
	connect_to(arguments[0])
	world = runtime.open_world("talk", {"pack": "hollowmere"})
	listen_to_events(world)
	var nobody = world.spawn("mria")
	var mira = world.spawn("mira", "smithy")
	var near = mira.near(ALEX, "Alex")
	var reply = mira.say(ALEX, "What do you sell?", {"name": "Alex", "stream": "delta"})  # before anything was answered
	listen_to(reply)
	note("refused", yield(nobody, "failed"))
	yield(reply, "ended")
	note("spawned", mira.id + " " + mira.info.name)
	note("end", "%s %s" % [reply.finish, reply.text])
	note("near", near.answer.type)
	yield(until_said("npc:mira"), "completed")

	left = mira.say(ALEX, "Tell me more.", {"barks": "never"})
	left.connect("sentence", self, "_on_first")
	yield(left, "ended")
	note("left", left.finish)
	var told = left.result(true, "", "Mira gave Alex a loaf.")
	yield(told, "ended")
	note("unproposed", told.error)

	for wrong in [{"txet": "x"}, {"seed": "seven"}, {"actions": [{"nmae": "give"}]}, {"stream": "words"}]:
		var asked = mira.say(ALEX, "Good day!", wrong)
		yield(asked, "ended")
		note("invalid", asked.error)
	var asked = world.request("npc.lsit")
	yield(asked, "ended")
	note("invalid", asked.error)

	yield(world.set_fact("closed", true, "place:bridge", "The bridge is closed."), "ended")
	asked = world.save("slot 1")
	yield(asked, "ended")
	note("saved", asked.answer.save)
	yield(world.set_fact("closed", null, "place:bridge"), "ended")
	yield(world.restore("slot 1"), "ended")
	asked = world.request("world.get", {"scope": "place:bridge"})
	yield(asked, "ended")
	note("fact", asked.answer.facts[0].text)
	asked = runtime.health()
	yield(asked, "ended")
	note("health", asked.answer.status)
	yield(world.close(), "ended")
	left = null
	world = null
	done()


func _on_first(text: String) -> void:
	note("first", text)
	left.cancel()


func until_said(speaker: String) -> void:
	while true:
		var event = yield(world, "happened")
		if event.type == "event.said" and event.speaker == speaker:
			return
