extends Control
# A player types, a villager answers. Everything happens in the signals of two nodes; nothing here waits.

onready var lines: RichTextLabel = $Lines
onready var typed: LineEdit = $Typed
onready var mira = $Npcs/Mira


func _ready() -> void:
	typed.connect("text_entered", self, "_on_typed")
	mira.connect("emotion", self, "_on_emotion")
	mira.connect("sentence", self, "_on_sentence")
	mira.connect("action", self, "_on_action")
	mira.connect("failed", self, "_on_failed")
	$Npcs.connect("lost", self, "_on_lost")
	$Npcs.connect("restored", self, "_on_restored")
	typed.grab_focus()


func _on_typed(text: String) -> void:
	typed.clear()
	show_line("You: " + text)
	# What she may do now: the game decides whether it happens.
	var bread := {"name": "give", "args": [["item:bread"], ["player:1"]], "when": "asks for bread"}
	mira.say(text, {"actions": [bread]})


func _on_emotion(name: String) -> void:
	show_line("[i](%s)[/i]" % name)


func _on_sentence(text: String) -> void:
	show_line("Mira: " + text)


func _on_action(name: String, args: Array) -> void:
	show_line("[i]Mira wants to %s %s.[/i]" % [name, PoolStringArray(args).join(" ")])
	mira.reply.result(false, "none is left")


func _on_failed(error) -> void:
	show_line("[color=red]%s[/color]" % error)


func _on_lost(_error) -> void:
	show_line("[i]The villagers are lost in thought ...[/i]")


func _on_restored(_same_daemon: bool, _troubles: Array) -> void:
	show_line("[i]... and back.[/i]")


func show_line(text: String) -> void:
	lines.append_bbcode(text + "\n")
