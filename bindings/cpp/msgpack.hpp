// Values of the protocol, and msgpack: as much of it as the protocol allows (no extension types, string keys only).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace npc {

struct Entry;

/// Bytes that are no text. The protocol has none; a field of a later version may.
struct Binary {
  std::string bytes;
};

/// Anything that a message can hold. Maps keep the order in which they came.
struct Value {
  using Array = std::vector<Value>;
  using Map = std::vector<Entry>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Binary, Array, Map> held;

  Value() = default;
  Value(bool value) : held(value) {}
  Value(int value) : held(std::int64_t{value}) {}
  Value(std::int64_t value) : held(value) {}
  Value(double value) : held(value) {}
  Value(const char* value) : held(std::string(value)) {}
  Value(std::string value) : held(std::move(value)) {}
  Value(Array value) : held(std::move(value)) {}
  Value(Map value);

  bool is_nil() const { return std::holds_alternative<std::monostate>(held); }
  /// Each is null where the value is of another type. `integer` does not read 1.0; see `number`.
  const bool* boolean() const { return std::get_if<bool>(&held); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held); }
  const std::string* text() const { return std::get_if<std::string>(&held); }
  const Array* array() const { return std::get_if<Array>(&held); }
  const Map* map() const { return std::get_if<Map>(&held); }
  Map* map() { return std::get_if<Map>(&held); }
  /// A number, integers included. False where it is none.
  bool number(double& out) const;

  /// The field of a map; null where there is none, or this is no map.
  const Value* find(std::string_view key) const;
  /// The text of a field, as long as this value lives; empty where there is none.
  const std::string& text_of(std::string_view key) const;
  /// Adds a field to a map; a nil becomes one.
  void set(const std::string& key, Value value);
};

/// A field of a map.
struct Entry {
  std::string key;
  Value value;
};

inline Value::Value(Map value) : held(std::move(value)) {}

namespace msgpack {

constexpr int deepest = 32;

/// The bytes of a value.
std::string pack(const Value& value);

/// Reads one value that takes up all the bytes. False where they are none; `why` says what is wrong with them.
bool unpack(const char* bytes, std::size_t size, Value& out, std::string& why);

}  // namespace msgpack
}  // namespace npc
