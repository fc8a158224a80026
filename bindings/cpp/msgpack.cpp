#include "msgpack.hpp"

#include <cstring>
#include <limits>

namespace npc {

bool Value::number(double& out) const {
  if (const auto* whole = integer()) {
    out = static_cast<double>(*whole);
    return true;
  }
  if (const auto* real = std::get_if<double>(&held)) {
    out = *real;
    return true;
  }
  return false;
}

const Value* Value::find(std::string_view key) const {
  if (const Map* fields = map()) {
    for (const Entry& field : *fields) {
      if (field.key == key) return &field.value;
    }
  }
  return nullptr;
}

const std::string& Value::text_of(std::string_view key) const {
  static const std::string none;
  const Value* field = find(key);
  const std::string* found = field ? field->text() : nullptr;
  return found ? *found : none;
}

void Value::set(const std::string& key, Value value) {
  if (map() == nullptr) held = Map();
  map()->push_back(Entry{key, std::move(value)});
}

namespace msgpack {
namespace {

void put_number(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

/// The shortest of the heads that have a length: `fixed` holds it in itself, the others in 1, 2 or 4 bytes.
void put_length(std::string& out, std::size_t length, std::size_t fixed_limit, int fixed, int one, int two, int four) {
  if (length < fixed_limit) {
    out.push_back(static_cast<char>(fixed | static_cast<int>(length)));
  } else if (one != 0 && length <= 0xff) {
    out.push_back(static_cast<char>(one));
    put_number(out, length, 1);
  } else if (length <= 0xffff) {
    out.push_back(static_cast<char>(two));
    put_number(out, length, 2);
  } else {
    out.push_back(static_cast<char>(four));
    put_number(out, length, 4);
  }
}

struct Packer {
  std::string& out;

  void operator()(std::monostate) { out.push_back('\xc0'); }
  void operator()(bool value) { out.push_back(value ? '\xc3' : '\xc2'); }
  void operator()(std::int64_t value) {
    if (value >= -32 && value <= 127) {
      out.push_back(static_cast<char>(value));
    } else if (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max()) {
      out.push_back('\xd2');
      put_number(out, static_cast<std::uint64_t>(value), 4);
    } else {
      out.push_back('\xd3');
      put_number(out, static_cast<std::uint64_t>(value), 8);
    }
  }
  void operator()(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    out.push_back('\xcb');
    put_number(out, bits, 8);
  }
  void operator()(const std::string& value) {
    put_length(out, value.size(), 32, 0xa0, 0xd9, 0xda, 0xdb);
    out += value;
  }
  void operator()(const Binary& value) {
    put_length(out, value.bytes.size(), 0, 0, 0xc4, 0xc5, 0xc6);
    out += value.bytes;
  }
  void operator()(const Value::Array& values) {
    put_length(out, values.size(), 16, 0x90, 0, 0xdc, 0xdd);
    for (const Value& value : values) std::visit(*this, value.held);
  }
  void operator()(const Value::Map& fields) {
    put_length(out, fields.size(), 16, 0x80, 0, 0xde, 0xdf);
    for (const Entry& field : fields) {
      (*this)(field.key);
      std::visit(*this, field.value.held);
    }
  }
};

class Unpacker {
 public:
  Unpacker(const char* bytes, std::size_t size, std::string& why) : at_(bytes), end_(bytes + size), why_(why) {}

  bool whole(Value& out) { return read(out, 0) && (at_ == end_ || fail("there is something behind the value")); }

 private:
  bool read(Value& out, int depth) {
    if (depth > deepest) return fail("the values are nested too deep");
    std::uint64_t head = 0;
    if (!number(1, head)) return false;
    const int byte = static_cast<int>(head);
    if (byte <= 0x7f) return hold(out, std::int64_t{byte});
    if (byte >= 0xe0) return hold(out, std::int64_t{byte} - 256);
    if (byte <= 0x8f) return map(out, byte & 0x0f, depth);
    if (byte <= 0x9f) return array(out, byte & 0x0f, depth);
    if (byte <= 0xbf) return text(out, byte & 0x1f);
    std::uint64_t n = 0;
    switch (byte) {
      case 0xc0: return hold(out, std::monostate());
      case 0xc2: return hold(out, false);
      case 0xc3: return hold(out, true);
      case 0xc4: case 0xc5: case 0xc6: return number(1 << (byte - 0xc4), n) && binary(out, n);
      case 0xca: {
        float real = 0;
        if (!number(4, n)) return false;
        const std::uint32_t bits = static_cast<std::uint32_t>(n);
        std::memcpy(&real, &bits, sizeof real);
        return hold(out, static_cast<double>(real));
      }
      case 0xcb: {
        double real = 0;
        if (!number(8, n)) return false;
        std::memcpy(&real, &n, sizeof real);
        return hold(out, real);
      }
      case 0xcc: case 0xcd: case 0xce: case 0xcf:
        if (!number(1 << (byte - 0xcc), n)) return false;
        // No field of the protocol is as large; an unknown one may be, and is not read.
        if (n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          return hold(out, static_cast<double>(n));
        return hold(out, static_cast<std::int64_t>(n));
      case 0xd0: return number(1, n) && hold(out, std::int64_t{static_cast<std::int8_t>(n)});
      case 0xd1: return number(2, n) && hold(out, std::int64_t{static_cast<std::int16_t>(n)});
      case 0xd2: return number(4, n) && hold(out, std::int64_t{static_cast<std::int32_t>(n)});
      case 0xd3: return number(8, n) && hold(out, static_cast<std::int64_t>(n));
      case 0xd9: case 0xda: case 0xdb: return number(1 << (byte - 0xd9), n) && text(out, n);
      case 0xdc: case 0xdd: return number(2 << (byte - 0xdc), n) && array(out, n, depth);
      case 0xde: case 0xdf: return number(2 << (byte - 0xde), n) && map(out, n, depth);
      default: return fail("there is a value of a type that the protocol has not");
    }
  }

  template <class Type>
  bool hold(Value& out, Type value) {
    out.held = std::move(value);
    return true;
  }

  bool bytes(std::string& out, std::uint64_t size) {
    if (size > static_cast<std::uint64_t>(end_ - at_)) return fail("it ends in the middle of a value");
    out.assign(at_, static_cast<std::size_t>(size));
    at_ += size;
    return true;
  }

  bool number(int size, std::uint64_t& out) {
    if (size > end_ - at_) return fail("it ends in the middle of a value");
    out = 0;
    for (int i = 0; i < size; ++i) out = (out << 8) | static_cast<unsigned char>(*at_++);
    return true;
  }

  bool text(Value& out, std::uint64_t size) {
    std::string held;
    return bytes(held, size) && hold(out, std::move(held));
  }

  bool binary(Value& out, std::uint64_t size) {
    Binary held;
    return bytes(held.bytes, size) && hold(out, std::move(held));
  }

  bool array(Value& out, std::uint64_t size, int depth) {
    // A length is only believed as far as there are bytes for it: four bytes must not ask for gigabytes.
    if (size > static_cast<std::uint64_t>(end_ - at_)) return fail("it ends in the middle of an array");
    Value::Array held(static_cast<std::size_t>(size));
    for (Value& value : held) {
      if (!read(value, depth + 1)) return false;
    }
    return hold(out, std::move(held));
  }

  bool map(Value& out, std::uint64_t size, int depth) {
    if (size > static_cast<std::uint64_t>(end_ - at_) / 2) return fail("it ends in the middle of a map");
    Value::Map held(static_cast<std::size_t>(size));
    for (Entry& field : held) {
      if (!key(field.key) || !read(field.value, depth + 1)) return false;
    }
    return hold(out, std::move(held));
  }

  bool key(std::string& out) {
    std::uint64_t head = 0, size = 0;
    if (!number(1, head)) return false;
    const int byte = static_cast<int>(head);
    if (byte >= 0xa0 && byte <= 0xbf) return bytes(out, byte & 0x1f);
    if (byte < 0xd9 || byte > 0xdb) return fail("the key of a map is no string");
    return number(1 << (byte - 0xd9), size) && bytes(out, size);
  }

  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  const char* at_;
  const char* end_;
  std::string& why_;
};

}  // namespace

std::string pack(const Value& value) {
  std::string out;
  std::visit(Packer{out}, value.held);
  return out;
}

bool unpack(const char* bytes, std::size_t size, Value& out, std::string& why) {
  return Unpacker(bytes, size, why).whole(out);
}

}  // namespace msgpack
}  // namespace npc
