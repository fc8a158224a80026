// How the generated types are read and written: only the generated files include this.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "messages.hpp"

namespace npc {
namespace fields {

/// The words of an enumeration, in its order; the first is that of `unknown`.
template <class Enum>
struct Words;

template <class Type>
Value put(const Type& from);
template <class Type>
bool take(const Value& from, Type& to, std::string& why);

/// Puts the fields of a struct into a map.
class Writer {
 public:
  Value out{Value::Map()};

  void type(const char* name) { out.set("type", name); }
  template <class Type>
  void required(const char* name, const Type& field) {
    out.set(name, put(field));
  }
  template <class Type>
  void nullable(const char* name, const Type& field) {
    out.set(name, put(field));
  }
  template <class Type>
  void optional(const char* name, const Type& field) {
    Value value = put(field);
    if (!value.is_nil()) out.set(name, std::move(value));
  }
  template <class Type>
  void defaulted(const char* name, const Type& field, const Type& usual) {
    if constexpr (std::is_class_v<Type> && !std::is_same_v<Type, std::string>) {
      Value value = put(field);  // lists, maps and parts: what is empty is as it is by default
      if (value.array() ? !value.array()->empty() : !value.map()->empty()) out.set(name, std::move(value));
    } else if (field != usual) {
      out.set(name, put(field));
    }
  }
};

/// Takes the fields of a struct out of a map. Fields that the struct has not are ignored: a later version may have them.
class Reader {
 public:
  Reader(const Value& from, std::string& why) : from_(from), why_(why), fine_(from.map() != nullptr) {
    if (!fine_) why_ = "it is no map";
  }

  bool fine() const { return fine_; }
  void type(const char*) {}
  template <class Type>
  void required(const char* name, Type& field) {
    const Value* found = from_.find(name);
    if (found == nullptr) {
      fail(name, "is missing");
    } else {
      read(name, *found, field);
    }
  }
  template <class Type>
  void nullable(const char* name, Type& field) {
    optional(name, field);
  }
  template <class Type>
  void optional(const char* name, Type& field) {
    const Value* found = from_.find(name);
    if (found != nullptr && !found->is_nil()) read(name, *found, field);  // nil is as good as leaving out
  }
  template <class Type>
  void defaulted(const char* name, Type& field, const Type& usual) {
    field = usual;
    optional(name, field);
  }

 private:
  template <class Type>
  void read(const char* name, const Value& found, Type& field) {
    std::string why;
    if (!take(found, field, why)) fail(name, why);
  }
  void fail(const char* name, const std::string& why) {
    if (fine_) why_ = std::string("`") + name + "` " + why;
    fine_ = false;
  }

  const Value& from_;
  std::string& why_;
  bool fine_;
};

template <class Type>
struct Held : std::false_type {};
template <class Type>
struct Held<std::optional<Type>> : std::true_type {};
template <class Type>
struct Listed : std::false_type {};
template <class Type>
struct Listed<std::vector<Type>> : std::true_type {};
template <class Type>
struct Mapped : std::false_type {};
template <class Type>
struct Mapped<std::map<std::string, Type>> : std::true_type {};

template <class Type>
Value put(const Type& from) {
  if constexpr (std::is_enum_v<Type>) {
    return Value(to_string(from));
  } else if constexpr (Held<Type>::value) {
    return from ? put(*from) : Value();
  } else if constexpr (Listed<Type>::value) {
    Value::Array all;
    for (const auto& one : from) all.push_back(put(one));
    return Value(std::move(all));
  } else if constexpr (Mapped<Type>::value) {
    Value::Map all;
    for (const auto& one : from) all.push_back(Entry{one.first, put(one.second)});
    return Value(std::move(all));
  } else if constexpr (std::is_constructible_v<Value, Type>) {
    return Value(from);
  } else {
    return to_value(from);
  }
}

template <class Type>
bool wrong(const Type* found, std::string& why, const char* wanted) {
  if (found == nullptr) why = std::string("is not ") + wanted;
  return found == nullptr;
}

template <class Type>
bool take(const Value& from, Type& to, std::string& why) {
  if constexpr (std::is_same_v<Type, Value>) {
    to = from;
  } else if constexpr (std::is_same_v<Type, bool>) {
    if (wrong(from.boolean(), why, "true or false")) return false;
    to = *from.boolean();
  } else if constexpr (std::is_same_v<Type, std::int64_t>) {
    if (wrong(from.integer(), why, "an integer")) return false;
    to = *from.integer();
  } else if constexpr (std::is_same_v<Type, double>) {
    if (from.number(to)) return true;
    why = "is not a number";
    return false;
  } else if constexpr (std::is_same_v<Type, std::string>) {
    if (wrong(from.text(), why, "a string")) return false;
    to = *from.text();
  } else if constexpr (std::is_enum_v<Type>) {
    if (wrong(from.text(), why, "a string")) return false;
    to = from_string<Type>(*from.text());
  } else if constexpr (Held<Type>::value) {
    to.reset();
    return from.is_nil() || take(from, to.emplace(), why);
  } else if constexpr (Listed<Type>::value) {
    if (wrong(from.array(), why, "an array")) return false;
    to.clear();
    for (const Value& one : *from.array()) {
      if (!take(one, to.emplace_back(), why)) return false;
    }
  } else if constexpr (Mapped<Type>::value) {
    if (wrong(from.map(), why, "a map")) return false;
    to.clear();
    for (const Entry& one : *from.map()) {
      if (!take(one.value, to[one.key], why)) return false;
    }
  } else {
    return from_value(from, to, why);
  }
  return true;
}

/// Reads a message and writes it again.
template <class Type>
bool again(const Value& message, Value& out, std::string& why) {
  Type read;
  if (!from_value(message, read, why)) return false;
  out = to_value(read);
  return true;
}

}  // namespace fields

template <class Enum>
const char* to_string(Enum value) {
  return fields::Words<Enum>::all[static_cast<int>(value)];
}

template <class Enum>
Enum from_string(const std::string& word) {
  for (std::size_t i = 1; i < std::size(fields::Words<Enum>::all); ++i) {
    if (word == fields::Words<Enum>::all[i]) return static_cast<Enum>(i);
  }
  return Enum::unknown;
}

template <class Type>
Value to_value(const Type& from) {
  fields::Writer writer;
  visit(writer, const_cast<Type&>(from));  // one description of the fields for both ways: the writer changes nothing
  return std::move(writer.out);
}

template <class Type>
bool from_value(const Value& from, Type& to, std::string& why) {
  fields::Reader reader(from, why);
  if (reader.fine()) visit(reader, to);
  return reader.fine();
}

}  // namespace npc
