extends SceneTree
# The game of the Godot client that benchmarks.clients plays: what it is told, and what it answers, stands there.

const Runtime = preload("res://addons/npc_runtime/core/runtime.gd")
const ALEX := "player:alex"
const TICK_MSEC := 50

var runtime
var world
var told := File.new()
var read := 0
var unread := ""
var waiting := {}  # the characters that are not spawned yet, while it connects
var next_tick := 0
var tick_msec := TICK_MSEC
var counts := {}
var talk := {}  # while everybody talks: what is counted
var asked_for := {}  # what has not ended, by the number of the object
var replies := {}


func _initialize() -> void:
	var arguments := OS.get_cmdline_args()
	told.open(arguments[arguments.size() - 1], File.READ)
	forget()


func _idle(_delta: float) -> bool:
	OS.delay_usec(500)
	var now := OS.get_ticks_msec()
	if now < next_tick:
		return false
	next_tick = now + tick_msec
	if runtime:
		var before := OS.get_ticks_usec()
		runtime.poll()
		if talk:
			talk.inside_us.append(OS.get_ticks_usec() - before)
	if talk and now >= talk.until:
		answer_talk()
	var size := told.get_len()
	if size > read:
		told.seek(read)
		unread += told.get_buffer(size - read).get_string_from_utf8()
		read = size
		var lines := unread.split("\n")
		unread = lines[lines.size() - 1]
		for number in lines.size() - 1:
			do(lines[number])
	return false


func do(line: String) -> void:
	if line == "end":
		leave()
		quit()
		return
	var asked: Dictionary = parse_json(line)
	match asked.do:
		"connect":
			join(asked)
		"say":
			begin(world.say(ALEX, asked.npc, asked.text))
			answer({"ok": true})
		"argue":
			begin(world.argue(asked.between, asked.about, {"limits": {"turns": int(asked.turns)}}))
			answer({"ok": true})
		"ask":
			begin(world.request("npc.list"))
			answer({"ok": true})
		"report":
			report(asked)
		"talk":
			start_talk(asked)
		"leave":
			leave()
			answer({"ok": true})
		_:
			answer({"error": "this game does not know how to %s" % asked.do})


func answer(said: Dictionary) -> void:
	print(to_json(said))


func forget() -> void:
	counts = {"begun": 0, "answered": 0, "failed": {}, "npcs": [], "happened": 0, "resumed": []}


func leave() -> void:
	if runtime:
		runtime.close()
	runtime = null
	world = null
	replies = {}


# ------------------------------------------------------------------------------------------------------- connecting


func join(asked: Dictionary) -> void:
	forget()
	var options := {"start": false, "name": "a game"}
	for option in ["data_dir", "endpoint", "token"]:
		if asked.has(option):
			options[option] = asked[option]
	runtime = Runtime.new(options)
	runtime.connect("restored", self, "_on_restored")
	runtime.open()
	world = runtime.open_world(asked.world, {"pack": asked.pack})
	world.connect("happened", self, "_on_happened")
	world.connect("failed", self, "_on_not_connected")
	waiting = {}
	for npc in asked.npcs:
		waiting[npc] = true
		var made = world.spawn(npc, asked.place)
		made.connect("spawned", self, "_on_spawned", [npc])
		made.connect("failed", self, "_on_not_connected")
	waiting["subscribe"] = true
	world.subscribe().connect("ended", self, "_on_spawned", [{}, "subscribe"])


func _on_spawned(_info, npc: String) -> void:
	waiting.erase(npc)
	if waiting.empty():
		forget()
		answer({"ok": true})


func _on_not_connected(error) -> void:
	answer({"error": str(error)})


func _on_happened(_event: Dictionary) -> void:
	counts.happened += 1


func _on_restored(same_daemon: bool, troubles: Array) -> void:
	var said := []
	for trouble in troubles:
		said.append(str(trouble))
	var at := OS.get_system_time_msecs() / 1000.0
	counts.resumed.append({"at": at, "restarted": not same_daemon, "troubles": said})


# --------------------------------------------------------------------------------------------- what is begun and ends


func begin(asked: Reference) -> void:
	counts.begun += 1
	asked_for[asked.get_instance_id()] = asked
	asked.connect("ended", self, "_on_ended", [asked.get_instance_id()])


func _on_ended(number: int) -> void:
	var asked: Reference = asked_for[number]
	asked_for.erase(number)
	if asked.error:
		counts.failed[asked.error.code] = counts.failed.get(asked.error.code, 0) + 1
		return
	counts.answered += 1
	var listed = asked.get("answer")
	if listed:
		counts.npcs = []
		for npc in listed.npcs:
			counts.npcs.append(npc.npc)
		counts.npcs.sort()


func report(asked: Dictionary) -> void:
	var said: Dictionary = counts.duplicate(true)
	said["pending"] = runtime.pending()
	said["heap"] = Performance.get_monitor(Performance.MEMORY_STATIC) if asked.get("collect") else null
	answer(said)


# ------------------------------------------------------------------------------------------------ everybody talks


func start_talk(asked: Dictionary) -> void:
	tick_msec = int(asked.tick_ms)
	talk = {"inside_us": [], "deltas": 0, "sentences": 0, "ends": 0}
	talk["until"] = OS.get_ticks_msec() + int(asked.seconds * 1000)
	talk["happened"] = counts.happened
	for npc in asked.npcs:
		speak_to(npc)


func speak_to(npc: String) -> void:
	var stream := OS.get_environment("STREAM")  # to compare: what a game costs that shows sentences
	var reply = world.say(ALEX, npc, "What is new?", {"stream": stream if stream else "delta"})
	reply.connect("wrote", self, "_on_wrote")
	reply.connect("sentence", self, "_on_sentence")
	reply.connect("ended", self, "_on_said", [npc])
	replies[npc] = reply


func _on_wrote(_text: String) -> void:
	if talk:
		talk.deltas += 1


func _on_sentence(_text: String) -> void:
	if talk:
		talk.sentences += 1


func _on_said(npc: String) -> void:
	if talk:
		talk.ends += 1
		call_deferred("speak_to", npc)


func answer_talk() -> void:
	var said := talk
	talk = {}
	tick_msec = TICK_MSEC
	said.erase("until")
	said.happened = counts.happened - said.happened
	answer(said)
