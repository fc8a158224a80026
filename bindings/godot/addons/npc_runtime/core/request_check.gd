extends Reference
# Finds what is wrong with a request before it is sent: what a language with types would find when it compiles.

const NpcError = preload("npc_error.gd")
const Fields = preload("fields.gd")

const KINDS := {
	"string": [TYPE_STRING],
	"integer": [TYPE_INT],
	"number": [TYPE_INT, TYPE_REAL],
	"boolean": [TYPE_BOOL],
	"map": [TYPE_DICTIONARY],
	"null": [TYPE_NIL],
}
const ALIKE := 0.4


# An error, or null where the request can be sent.
static func error_of(type: String, fields: Dictionary) -> NpcError:
	if not Fields.REQUESTS.has(type):
		return _wrong("there is no request %s" % type, _nearest(type, Fields.REQUESTS))
	return _table_error(type, Fields.REQUESTS[type], fields)


static func _table_error(name: String, table: Dictionary, fields: Dictionary) -> NpcError:
	for field in fields:
		if not table.has(field):
			return _wrong("%s has no field '%s'" % [name, field], _nearest(field, table))
		var error := _value_error("%s of %s" % [field, name], table[field], fields[field])
		if error:
			return error
	for field in table:
		if not table[field].ends_with("?") and not fields.has(field):
			return _wrong("%s needs the field '%s'" % [name, field], "it is %s" % table[field])
	return null


static func _value_error(what: String, kind: String, value) -> NpcError:
	if kind.ends_with("?"):
		if value == null:
			return null
		kind = kind.trim_suffix("?")
	if kind.ends_with("[]"):
		if not typeof(value) in [TYPE_ARRAY, TYPE_STRING_ARRAY]:
			return _wrong("%s is an array" % what, "it was %s" % var2str(value))
		for each in value:
			var error := _value_error(what, kind.trim_suffix("[]"), each)
			if error:
				return error
		return null
	if Fields.PARTS.has(kind):
		if typeof(value) != TYPE_DICTIONARY:
			return _wrong("%s is a dictionary" % what, "it was %s" % var2str(value))
		return _table_error(what, Fields.PARTS[kind], value)
	if "|" in kind:
		if typeof(value) == TYPE_STRING and value in kind.split("|"):
			return null
		return _wrong("%s is one of %s" % [what, kind.replace("|", ", ")], "it was %s" % var2str(value))
	for choice in kind.split("/"):
		if typeof(value) in KINDS[choice] or (choice == "integer" and typeof(value) == TYPE_REAL and value == floor(value)):
			return null
	return _wrong("%s is of the kind %s" % [what, kind.replace("/", ", ")], "it was %s" % var2str(value))


static func _nearest(word: String, table: Dictionary) -> String:
	var best := ""
	var most := ALIKE
	for each in table:
		var likeness: float = 1.0 if _letters(each) == _letters(word) else each.similarity(word)
		if likeness >= most:
			best = each
			most = likeness
	if best:
		return "did you mean '%s'?" % best
	return "there are %s" % PoolStringArray(table.keys()).join(", ")


static func _letters(word: String) -> Array:
	var letters := Array(word.to_utf8())
	letters.sort()
	return letters


static func _wrong(message: String, hint: String) -> NpcError:
	return NpcError.new("invalid", message, hint)
