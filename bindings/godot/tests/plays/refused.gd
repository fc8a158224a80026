extends "res://tests/play.gd"
# Sends what a daemon has to refuse, and notes how it does: a connection for each, as bytes, past all that checks them.

const DaemonSource = preload("res://addons/npc_runtime/core/daemon_source.gd")
const Zmtp = preload("res://addons/npc_runtime/core/zmtp.gd")
const Msgpack = preload("res://addons/npc_runtime/core/msgpack.gd")
const Vectors = preload("vectors.gd")

const SECONDS := 20


func play() -> void:
	var address: Dictionary = DaemonSource.new({"data_dir": arguments[0], "start": false}).find()
	var file := File.new()
	if file.open(arguments[1], File.READ) == OK:
		while not file.eof_reached():
			var line := file.get_line()
			if line:
				refuse(address, line.begins_with("+"), line.substr(1).split(","))
	done()


func refuse(address: Dictionary, has_session: bool, frames: Array) -> void:
	var zmtp := Zmtp.new()
	zmtp.open(address.endpoint, address.token)
	while zmtp.state != Zmtp.OPEN and zmtp.state != Zmtp.CLOSED:
		zmtp.poll()
		OS.delay_msec(2)
	if has_session:
		var hello := {"type": "hello", "id": "hello", "versions": ["1.0"], "client": {"name": "a test"}}
		zmtp.send(Msgpack.new().pack(hello))
		answer_of(zmtp)
	for number in frames.size():
		zmtp._put_frame(Zmtp.MORE if number < frames.size() - 1 else 0, Vectors.bytes_of(frames[number]))
	var answer := answer_of(zmtp)
	note("refused", "%s,%s" % [answer.get("code"), answer.get("re")])
	zmtp.close()


func answer_of(zmtp: Zmtp) -> Dictionary:
	for _i in range(SECONDS * 200):
		zmtp.poll()
		var message = zmtp.next()
		if message != null:
			return message
		OS.delay_msec(5)
	return {}
