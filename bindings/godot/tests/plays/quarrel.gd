extends "res://tests/play.gd"
# Two quarrel, a player steps in, and it comes to its end; another one is stopped; two others talk.

var world
var quarrel
var has_stepped_in := false


func play() -> void:
	connect_to(arguments[0])
	world = runtime.open_world("quarrel", {"pack": "hollowmere"})
	world.move(ALEX, "smithy", "Alex")
	world.spawn("mira", "smithy")
	world.spawn("tom", "smithy")
	quarrel = world.argue(["mira", "tom"], "the stolen hammer", {"limits": {"turns": 6}})
	quarrel.connect("turn", self, "_on_turn")
	quarrel.connect("turn_ended", self, "_on_turn_ended")
	quarrel.connect("intervened", self, "_on_intervened")
	yield(quarrel, "ended")
	note("settled", "%s unheard %d" % [quarrel.outcome.kind, quarrel.end.unheard])
	quarrel = world.argue(["mira", "tom"], "the price of nails")
	yield(quarrel, "started")
	quarrel.stop()
	yield(quarrel, "ended")
	note("stopped", quarrel.outcome.cause)
	quarrel = world.argue(["mira", "tom"], "the broken wheel")
	yield(quarrel, "started")
	quarrel.cancel()
	yield(quarrel, "ended")
	note("away", "%s %s" % [quarrel.error, quarrel.outcome])
	var encounter = world.encounter(["mira", "tom"], {"limits": {"turns": 3}})
	encounter.connect("turn_ended", self, "_on_chat")
	yield(encounter, "ended")
	note("met", encounter.end.reason if encounter.end else str(encounter.error))
	yield(runtime.request("ping"), "ended")  # behind the last `heard`
	quarrel = null
	world = null
	done()


func _on_turn(turn: Dictionary) -> void:
	note("turn", "%s %s" % [turn.npc, turn.move])


func _on_turn_ended(turn: Dictionary) -> void:
	note("line", turn.text)
	if not has_stepped_in:
		has_stepped_in = true
		var asked = quarrel.intervene(ALEX, "Calm down, you two!", "Alex")
		yield(asked, "ended")
		note("taken", asked.answer.kind if asked.answer else str(asked.error))


func _on_intervened(message: Dictionary) -> void:
	note("intervened", message.from)


func _on_chat(turn: Dictionary) -> void:
	note("chat", turn.text)
