tool
extends EditorPlugin
# Puts the two nodes into the editor's list.


func _enter_tree() -> void:
	add_custom_type("NpcRuntime", "Node", preload("npc_runtime.gd"), null)
	add_custom_type("NpcCharacter", "Node", preload("npc_character.gd"), null)


func _exit_tree() -> void:
	remove_custom_type("NpcCharacter")
	remove_custom_type("NpcRuntime")
