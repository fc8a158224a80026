extends Reference
# Where a client gets its daemon from, each time that it needs one: an address, or a data folder, which has one that runs
# or gets one that is started.

const NpcError = preload("npc_error.gd")

const START_SECONDS := 120.0
const FREE := "tcp://127.0.0.1:0"
const LOG_LINES := 12
const IN_A_SHELL := "umask 077; mkdir -p \"$1\"; exec 2>\"$1/daemon.log\" >/dev/null; cd \"$2\"; shift 2; exec \"$@\""

var _endpoint := ""
var _token := ""
var _folder := ""
var _may_start := true
var _program := ["npc-runtime"]
var _arguments := []
var _run_in := "."
var _start_seconds := START_SECONDS

var _found := {}
var _distrusted := {}
var _stale := {}  # what was described before one was started
var _started := 0  # the process; 0: none
var _started_at := 0
var _is_starting := false


# Options: `endpoint` and `token`; or `data_dir`, `start` (false: only one that runs will do), `program` (a
# command, or an array of it and what stands before `serve`), `arguments`, `run_in` (its folder), `start_seconds`.
func _init(options: Dictionary):
	_endpoint = options.get("endpoint", "")
	_token = options.get("token", "")
	_folder = options.get("data_dir", "")
	if _folder.begins_with("user://") or _folder.begins_with("res://"):
		_folder = ProjectSettings.globalize_path(_folder)
	elif not _folder:
		_folder = default_folder()
	_may_start = options.get("start", true)
	var program = options.get("program", _program)
	_program = program if typeof(program) == TYPE_ARRAY else [program]
	_run_in = options.get("run_in", _run_in)
	_arguments = options.get("arguments", [])
	_start_seconds = options.get("start_seconds", START_SECONDS)


# The data folder of a daemon to which no other was named.
static func default_folder() -> String:
	match OS.get_name():
		"Windows":
			return OS.get_environment("LOCALAPPDATA").plus_file("npc-runtime")
		"OSX":
			return OS.get_environment("HOME").plus_file("Library/Application Support/npc-runtime")
	var data := OS.get_environment("XDG_DATA_HOME")
	return (data if data else OS.get_environment("HOME").plus_file(".local/share")).plus_file("npc-runtime")


# {"endpoint", "token"}; or {"error"}, with `is_final` where trying again at once would be in vain; or nothing yet, while
# one is being started.
func find() -> Dictionary:
	if _endpoint:
		return {"endpoint": _endpoint, "token": _token}
	var described := _described()
	if _is_starting:
		return _await_start(described)
	if described and not (_may_start and _is_same(described, _distrusted)):
		_found = described
		return described
	if not _may_start:
		var hint := "start one with: npc-runtime serve --data-dir %s" % _folder
		return {"error": NpcError.new("not_found", "no daemon is running for %s" % _folder, hint)}
	_start(described)
	return {}


# Nothing serves where the daemon that was found last said that it would: another one is started in its place, where that
# may be.
func distrust() -> void:
	_distrusted = _found


# Whether the data folder still names the daemon that was found last.
func still_names_it() -> bool:
	return _endpoint != "" or _is_same(_described(), _found)


# Ends what was started. It would end by itself with the game, too.
func close() -> void:
	if _started == 0:
		return
	if OS.get_name() == "Windows":
		OS.kill(_started)
	else:
		OS.execute("kill", [str(_started)], false)  # politely, which OS.kill is not
	_started = 0
	_is_starting = false


# --------------------------------------------------------------------------------------------------------- starting


func _start(stale: Dictionary) -> void:
	if _started:
		OS.kill(_started)  # it is of no use, or has ended already: then this clears away what the system keeps of it
	_stale = stale
	var serve := ["serve", "--data-dir", _folder, "--exit-with-parent", str(OS.get_process_id())]
	if not "--bind" in _arguments:
		serve += ["--bind", FREE, "--events-bind", FREE]
	var command := _program + serve + _arguments
	if OS.get_name() == "Windows":
		_started = OS.execute(command.pop_front(), command, false)
	else:  # Godot gives a process neither a log nor a folder
		_started = OS.execute("/bin/sh", ["-c", IN_A_SHELL, "sh", _folder, _run_in] + command, false)
	_started_at = OS.get_ticks_msec()
	_is_starting = true


# Where the program is a wrapper, the daemon is another process than the one that was started: it is told by what is new.
func _await_start(described: Dictionary) -> Dictionary:
	if described and (described.pid == _started or not _is_same(described, _stale)):
		_is_starting = false
		_found = described
		return described
	var why := ""
	if _started <= 0 or _has_ended(_started):
		why = "the daemon ended before it was ready"
	elif OS.get_ticks_msec() - _started_at > _start_seconds * 1000:
		why = "the daemon was not ready after %d s" % _start_seconds
	else:
		return {}
	_is_starting = false
	var hint := "install it, or name the program; `npc-runtime doctor` tells more"
	return {"error": NpcError.new("internal", why + _last_lines(), hint), "is_final": true}


# Only Linux tells without asking the process itself; elsewhere the time runs out.
static func _has_ended(pid: int) -> bool:
	if not File.new().file_exists("/proc/self/stat"):
		return false
	var file := File.new()
	if file.open("/proc/%d/stat" % pid, File.READ) != OK:
		return true
	var stat := file.get_line()
	file.close()
	return ") Z " in stat


func _last_lines() -> String:
	var lines := Array(_text(_folder.plus_file("daemon.log")).strip_edges().split("\n"))
	var last := PoolStringArray(lines.slice(int(max(0, lines.size() - LOG_LINES)), lines.size() - 1)).join("\n")
	return ":\n" + last if last else ""


# --------------------------------------------------------------------------------------------------- what is described


# What stands in daemon.json, with the token; empty where there is none.
func _described() -> Dictionary:
	for folder in [_folder, _in_its_stead()]:
		if not folder:
			continue
		var text := _text(folder.plus_file("daemon.json"))
		var told = parse_json(text) if text else null
		if typeof(told) != TYPE_DICTIONARY or not told.has("endpoint"):
			continue
		told["token"] = _text(folder.plus_file("token")).strip_edges()
		told["pid"] = int(told.get("pid", 0))
		return told
	return {}


# Where a daemon describes itself that cannot write its data folder.
func _in_its_stead() -> String:
	var runtime := OS.get_environment("XDG_RUNTIME_DIR")
	if not runtime:
		return ""
	return runtime.plus_file("npc-runtime").plus_file(_folder.rstrip("/").sha256_text().substr(0, 12))


static func _text(path: String) -> String:
	var file := File.new()
	if file.open(path, File.READ) != OK:
		return ""
	var text := file.get_as_text()
	file.close()
	return text


static func _is_same(one: Dictionary, other: Dictionary) -> bool:
	return one.get("pid") == other.get("pid") and one.get("endpoint") == other.get("endpoint")
