extends Reference
# A connection whose bytes are read on a thread of its own: to take a message apart costs GDScript four times as much as to
# hand it on, and a game's frame should not pay for it. To whoever uses it, it is as Zmtp is.

const Zmtp = preload("zmtp.gd")

const REST_USEC := 3000  # between two looks at the connection
const MOST_WAITING := 4096  # messages that a game has not taken; then no more are read, and the daemon notices

var state := Zmtp.CLOSED
var error
var unreadable := ""
var heard_at := 0

var _zmtp := Zmtp.new()
var _thread: Thread
var _mutex := Mutex.new()
var _is_closing := false  # these are looked at by both threads, under the mutex
var _came := []
var _going := []
var _seen := []  # state, error and heard_at of the connection
var _unreadable := ""
var _taken := []  # what came, as the game has it
var _next := 0


func open(endpoint: String, token: String) -> void:
	_zmtp.open(endpoint, token)
	_show()
	poll()
	_thread = Thread.new()
	_thread.start(self, "_run")


# Closes it; what was sent before goes out still. Waits for the end of the thread, which is never far.
func close() -> void:
	if _thread == null:
		return
	_mutex.lock()
	_is_closing = true
	_mutex.unlock()
	_thread.wait_to_finish()
	_thread = null
	state = Zmtp.CLOSED


func send(body: PoolByteArray) -> void:
	_mutex.lock()
	_going.append(body)
	_mutex.unlock()


# Takes what has come.
func poll() -> void:
	_mutex.lock()
	state = _seen[0]
	error = _seen[1]
	heard_at = _seen[2]
	unreadable = _unreadable
	_unreadable = ""
	if _next >= _taken.size() and _came:
		_taken = _came
		_next = 0
		_came = []
	_mutex.unlock()


# The next message, or null.
func next():
	if _next >= _taken.size():
		return null
	var message = _taken[_next]
	_taken[_next] = null
	_next += 1
	return message


func _show() -> void:
	_seen = [_zmtp.state, _zmtp.error, _zmtp.heard_at]


# The mutex is held for moments only, and the connection is the thread's alone: else the game would wait for it.
func _run(_nothing) -> void:
	while true:
		var is_open := _zmtp.state == Zmtp.OPEN
		_mutex.lock()
		var is_closing := _is_closing
		var has_room := _came.size() < MOST_WAITING
		var going := []
		if is_open:
			going = _going
			_going = []
		_mutex.unlock()
		for body in going:
			_zmtp.send(body)
		if is_closing:
			_zmtp.close()
			return
		if has_room:
			_read()
		OS.delay_usec(REST_USEC)


func _read() -> void:
	_zmtp.poll()
	var read := []
	var message = _zmtp.next()
	while message != null:
		read.append(message)
		message = _zmtp.next()
	_zmtp.flush()  # a PONG
	_mutex.lock()
	_came += read
	_show()
	if _zmtp.unreadable:
		_unreadable = _zmtp.unreadable
		_zmtp.unreadable = ""
	_mutex.unlock()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _thread:
		close()
