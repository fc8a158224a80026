extends SceneTree
# A game without a picture, for the tests: godot3-server --path . -s tests/game.gd PLAY ARGUMENTS. What it notes it prints, a
# line each: what kind of thing, and a value.

const TICK_MSEC := 4
const MOST_MSEC := 60000

var play


func _initialize() -> void:
	var arguments := OS.get_cmdline_args()
	var first := Array(arguments).find("tests/game.gd") + 1
	play = load("res://tests/plays/%s.gd" % arguments[first]).new()
	play.tree = self
	play.arguments = Array(arguments).slice(first + 1, arguments.size() - 1) if first + 1 < arguments.size() else []
	play.play()


func _idle(_delta: float) -> bool:
	OS.delay_msec(TICK_MSEC)
	if play and play.runtime:
		var before := OS.get_ticks_usec()
		play.runtime.poll()
		play.longest = max(play.longest, OS.get_ticks_usec() - before)
	if play and (play.is_done or OS.get_ticks_msec() > MOST_MSEC):
		play.leave()
		play = null
		quit()
	return false
