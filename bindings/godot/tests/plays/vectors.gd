extends "res://tests/play.gd"
# Reads the messages of a file, hex in lines, and writes each again.

const Msgpack = preload("res://addons/npc_runtime/core/msgpack.gd")


func play() -> void:
	var msgpack := Msgpack.new()
	var file := File.new()
	if file.open(arguments[0], File.READ) == OK:
		while not file.eof_reached():
			var line := file.get_line()
			if line:
				var message = msgpack.unpack(bytes_of(line))
				if msgpack.trouble:
					note("unreadable", msgpack.trouble)
				else:
					note("again", msgpack.pack(message).hex_encode())
	done()


static func bytes_of(hex: String) -> PoolByteArray:
	var bytes := PoolByteArray()
	for at in range(0, hex.length(), 2):
		bytes.append(("0x" + hex.substr(at, 2)).hex_to_int())
	return bytes
