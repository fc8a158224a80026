extends "res://tests/play.gd"
# A game brings its own places and people.

var world


func play() -> void:
	connect_to(arguments[0])
	world = runtime.open_world("millbrook", {"village": {"name": "Millbrook"}})
	world.define_places({"mill": {"name": "the mill"}})
	var asked = world.define({"ada": {"name": "Ada", "role": "miller", "place": "mill", "traits": ["curious"]}})
	yield(asked, "ended")
	note("defined", asked.error)
	var ada = world.spawn("ada")
	yield(ada, "spawned")
	note("spawned", "%s %s %s" % [ada.id, ada.info.name, ada.info.at])
	var reply = ada.say(ALEX, "Good day!")
	listen_to(reply)
	yield(reply, "ended")
	note("end", reply.finish)
	var creature = world.creature({"seed": 7, "source": "rules"})
	note("creature", yield(creature, "spawned").npc)
	world = null
	done()
