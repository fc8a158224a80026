extends Reference
# msgpack, as much of it as the protocol has: no binaries, no extension types.

const DEEPEST = 32
const PADDING := PoolByteArray([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

# Why the last `unpack` or `pack` failed; empty: it did not.
var trouble := ""

var _buffer := StreamPeerBuffer.new()
var _source: StreamPeerBuffer
var _end := 0


func _init():
	_buffer.big_endian = true


# The bytes of a value: null, a boolean, a number, a string, an array or a dictionary with strings as keys.
func pack(value) -> PoolByteArray:
	trouble = ""
	_buffer.data_array = PoolByteArray()
	_put(value, 0)
	return _buffer.data_array


# The value that all of these bytes hold. Where `trouble` is not empty afterwards, they hold none.
func unpack(bytes: PoolByteArray):
	var padded := bytes
	padded.append_array(PADDING)
	_buffer.data_array = padded
	return unpack_from(_buffer, bytes.size())


# The value that lies in a buffer from where that stands up to `end`. It is read where it lies: a copy of each message
# would cost a frame of the game as much as the reading does. Something has to lie behind it, or what is cut short is not
# told from what is whole.
func unpack_from(buffer: StreamPeerBuffer, end: int):
	trouble = ""
	_source = buffer
	_end = end
	var value = _value(buffer.get_u8(), 0)
	_source = null
	if trouble == "" and buffer.get_position() != end:
		trouble = "there are bytes behind the value" if buffer.get_position() < end else "it is cut short"
	return value


func _value(head: int, depth: int):
	if head & 0xe0 == 0xa0:
		return _text(head & 0x1f)
	if head < 0x80:
		return head
	if head >= 0xe0:
		return head - 0x100
	if head < 0x90:
		return _map(head & 0x0f, depth)
	if head < 0xa0:
		return _list(head & 0x0f, depth)
	match head:
		0xc0:
			return null
		0xc2:
			return false
		0xc3:
			return true
		0xca:
			return _source.get_float()
		0xcb:
			return _source.get_double()
		0xcc:
			return _source.get_u8()
		0xcd:
			return _source.get_u16()
		0xce:
			return _source.get_u32()
		0xcf, 0xd3:
			return _source.get_64()
		0xd0:
			return _source.get_8()
		0xd1:
			return _source.get_16()
		0xd2:
			return _source.get_32()
		0xd9:
			return _text(_source.get_u8())
		0xda:
			return _text(_source.get_u16())
		0xdb:
			return _text(_source.get_u32())
		0xdc:
			return _list(_source.get_u16(), depth)
		0xdd:
			return _list(_source.get_u32(), depth)
		0xde:
			return _map(_source.get_u16(), depth)
		0xdf:
			return _map(_source.get_u32(), depth)
	trouble = "the byte 0x%x begins nothing that the protocol has" % head
	return null


func _text(length: int) -> String:
	if length == 0:  # which means something else to Godot
		return ""
	if length > _end - _source.get_position():
		trouble = "a string is longer than the message"
		return ""
	return _source.get_utf8_string(length)


func _list(size: int, depth: int) -> Array:
	var list := []
	if not _fits(size, depth):
		return list
	for _i in range(size):
		list.append(_value(_source.get_u8(), depth + 1))
		if trouble != "":
			break
	return list


# Nearly all that a game receives are maps of short strings: those are read here, without a call for each.
func _map(size: int, depth: int) -> Dictionary:
	var map := {}
	if not _fits(2 * size, depth):
		return map
	var source := _source
	for _i in range(size):
		var head := source.get_u8()
		var key
		if head & 0xe0 == 0xa0 and head != 0xa0:
			key = source.get_utf8_string(head & 0x1f)
		else:
			key = _value(head, depth + 1)
			if typeof(key) != TYPE_STRING:
				trouble = "a key is no string"
		head = source.get_u8()
		if head & 0xe0 == 0xa0 and head != 0xa0:
			map[key] = source.get_utf8_string(head & 0x1f)
		elif head < 0x80:
			map[key] = head
		else:
			map[key] = _value(head, depth + 1)
		if trouble:
			break
	return map


func _fits(values: int, depth: int) -> bool:
	if depth >= DEEPEST:
		trouble = "the values are nested deeper than %d levels" % DEEPEST
	elif values > _end - _source.get_position():
		trouble = "there is less than an array or a map says"
	return trouble == ""


func _put(value, depth: int) -> void:
	if depth > DEEPEST:
		trouble = "the values are nested deeper than %d levels" % DEEPEST
		return
	match typeof(value):
		TYPE_STRING:
			_put_text(value)
		TYPE_INT:
			_put_integer(value)
		TYPE_REAL:
			_put_number(value)
		TYPE_BOOL:
			_buffer.put_u8(0xc3 if value else 0xc2)
		TYPE_NIL:
			_buffer.put_u8(0xc0)
		TYPE_DICTIONARY:
			_put_size(value.size(), 0x80, 0xde)
			for key in value:
				if typeof(key) != TYPE_STRING:
					trouble = "a key of a dictionary is no string: %s" % str(key)
					return
				_put_text(key)
				_put(value[key], depth + 1)
		TYPE_ARRAY, TYPE_STRING_ARRAY, TYPE_INT_ARRAY, TYPE_REAL_ARRAY:
			_put_size(value.size(), 0x90, 0xdc)
			for each in value:
				_put(each, depth + 1)
		_:
			trouble = "the protocol has no such values as %s" % var2str(value)


# Whatever Godot reads from JSON is a float; where the protocol wants an integer, 1.0 will not do, and where it wants a
# number, an integer will.
func _put_number(value: float) -> void:
	if is_nan(value) or is_inf(value):
		trouble = "NaN and infinity cannot be sent"
	elif value == floor(value) and abs(value) < 9007199254740992.0:
		_put_integer(int(value))
	else:
		_buffer.put_u8(0xcb)
		_buffer.put_double(value)


func _put_integer(value: int) -> void:
	if value >= 0 and value < 0x80:
		_buffer.put_u8(value)
	elif value < 0 and value >= -0x20:
		_buffer.put_u8(value + 0x100)
	elif value >= 0 and value <= 0xffffffff:
		_buffer.put_u8(0xce)
		_buffer.put_u32(value)
	else:
		_buffer.put_u8(0xd3)
		_buffer.put_64(value)


func _put_text(text: String) -> void:
	var bytes := text.to_utf8()
	var size := bytes.size()
	if size < 0x20:
		_buffer.put_u8(0xa0 | size)
	else:
		_buffer.put_u8(0xdb)
		_buffer.put_u32(size)
	if size > 0:
		_buffer.put_data(bytes)


func _put_size(size: int, short: int, long: int) -> void:
	if size < 0x10:
		_buffer.put_u8(short | size)
	else:
		_buffer.put_u8(long + 1)
		_buffer.put_u32(size)
