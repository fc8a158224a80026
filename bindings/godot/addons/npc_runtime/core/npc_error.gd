extends Reference
# What went wrong: `code` is for programs, `message` and `hint` are sentences for whoever makes the game.

var code := "internal"
var message := ""
var hint := ""
var detail := {}


func _init(the_code: String, the_message: String, the_hint := "", the_detail := {}):
	code = the_code
	message = the_message
	hint = the_hint
	detail = the_detail


func _to_string() -> String:
	return "%s: %s%s" % [code, message, " (%s)" % hint if hint else ""]
