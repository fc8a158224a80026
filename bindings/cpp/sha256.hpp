// SHA-256 (FIPS 180-4), by which the place of a data folder's standby is named.
#pragma once

#include <string>

namespace npc {

/// The hash of some bytes in hexadecimal digits.
std::string sha256(const std::string& bytes);

}  // namespace npc
