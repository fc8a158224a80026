// Reads JSON, for `daemon.json`.
#pragma once

#include <string>

#include "msgpack.hpp"

namespace npc {
namespace json {

/// Reads one value that takes up the whole text. False where it is none; `why` says where.
bool read(const std::string& text, Value& out, std::string& why);

}  // namespace json
}  // namespace npc
