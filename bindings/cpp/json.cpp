#include "json.hpp"

#include <cstdlib>
#include <cstring>

namespace npc {
namespace json {
namespace {

void put_utf8(std::string& out, unsigned point) {
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | point >> 6));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | point >> 12));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | point >> 18));
    out.push_back(static_cast<char>(0x80 | (point >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  }
}

class Parser {
 public:
  explicit Parser(const std::string& text) : at_(text.c_str()) {}

  bool whole(Value& out) {
    if (!value(out, 0)) return false;
    blank();
    return *at_ == '\0';
  }
  const char* at() const { return at_; }

 private:
  void blank() { at_ += std::strspn(at_, " \t\r\n"); }

  bool eat(const char* word) {
    const std::size_t length = std::strlen(word);
    if (std::strncmp(at_, word, length) != 0) return false;
    at_ += length;
    return true;
  }

  bool value(Value& out, int depth) {
    blank();
    if (depth > msgpack::deepest) return false;
    if (eat("null")) return out = Value(), true;
    if (eat("true")) return out = Value(true), true;
    if (eat("false")) return out = Value(false), true;
    if (*at_ == '"') {
      std::string held;
      return text(held) && (out = Value(std::move(held)), true);
    }
    if (eat("[")) return array(out, depth);
    if (eat("{")) return map(out, depth);
    return number(out);
  }

  bool array(Value& out, int depth) {
    Value::Array all;
    blank();
    while (!eat("]")) {
      if (!all.empty() && !eat(",")) return false;
      if (!value(all.emplace_back(), depth + 1)) return false;
      blank();
    }
    out = Value(std::move(all));
    return true;
  }

  bool map(Value& out, int depth) {
    Value::Map all;
    blank();
    while (!eat("}")) {
      if (!all.empty() && !eat(",")) return false;
      blank();
      Entry& field = all.emplace_back();
      if (!text(field.key)) return false;
      blank();
      if (!eat(":") || !value(field.value, depth + 1)) return false;
      blank();
    }
    out = Value(std::move(all));
    return true;
  }

  bool number(Value& out) {
    char* end = nullptr;
    const char* begin = at_;
    if (std::strchr("-0123456789", *begin) == nullptr || *begin == '\0') return false;
    const long long whole = std::strtoll(begin, &end, 10);
    if (std::strchr(".eE", *end) != nullptr && *end != '\0') {
      out = Value(std::strtod(begin, &end));
    } else {
      out = Value(static_cast<std::int64_t>(whole));
    }
    at_ = end;
    return end != begin;
  }

  bool hex(unsigned& out) {
    out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char* digits = "0123456789abcdef";
      const char low = static_cast<char>(*at_ | 0x20);
      const char* found = *at_ == '\0' ? nullptr : std::strchr(digits, *at_ >= '0' && *at_ <= '9' ? *at_ : low);
      if (found == nullptr) return false;
      out = out * 16 + static_cast<unsigned>(found - digits);
    }
    return true;
  }

  bool text(std::string& out) {
    if (!eat("\"")) return false;
    while (*at_ != '"') {
      if (*at_ == '\0') return false;
      if (*at_ != '\\') {
        out.push_back(*at_++);
        continue;
      }
      const char escaped = at_[1];
      if (escaped == '\0') return false;
      at_ += 2;
      if (escaped == 'u') {
        unsigned point = 0, low = 0;
        if (!hex(point)) return false;
        if (point >= 0xd800 && point < 0xdc00 && eat("\\u") && hex(low)) {
          point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        }
        put_utf8(out, point);
      } else {
        const char* from = "nrtbf";
        const char* found = std::strchr(from, escaped);
        out.push_back(found == nullptr ? escaped : "\n\r\t\b\f"[found - from]);
      }
    }
    ++at_;
    return true;
  }

  const char* at_;
};

}  // namespace

bool read(const std::string& text, Value& out, std::string& why) {
  Parser parser(text);
  if (parser.whole(out)) return true;
  why = "it is no JSON at byte " + std::to_string(parser.at() - text.c_str());
  return false;
}

}  // namespace json
}  // namespace npc
