// Reads frames in hex, a body on each line; writes what it reads again, or why it cannot be read.
#include <iostream>
#include <string>

#include "messages.hpp"

namespace {

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string to_hex(const std::string& bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits.push_back("0123456789abcdef"[static_cast<unsigned char>(byte) >> 4]);
    digits.push_back("0123456789abcdef"[byte & 0x0f]);
  }
  return digits;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::string bytes = from_hex(line);
    npc::Value message, again;
    std::string why;
    if (!npc::msgpack::unpack(bytes.data(), bytes.size(), message, why) || !npc::reread(message, again, why)) {
      std::cout << "! " << why << "\n";
    } else {
      std::cout << to_hex(npc::msgpack::pack(again)) << "\n";
    }
  }
}
