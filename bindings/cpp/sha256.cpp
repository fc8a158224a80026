#include "sha256.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace npc {
namespace {

using Words = std::array<std::uint32_t, 8>;

constexpr std::size_t block_size = 64;
constexpr int rounds = 64;

constexpr std::uint32_t turned(std::uint32_t word, int by) { return (word >> by) | (word << (32 - by)); }

/// The first 32 bits behind the point of a root.
std::uint32_t fraction(double root) { return static_cast<std::uint32_t>((root - std::floor(root)) * 4294967296.0); }

struct Constants {
  Words start{};
  std::array<std::uint32_t, rounds> round{};

  /// Those of the standard are the roots of the first primes.
  Constants() {
    std::size_t found = 0;
    for (std::uint32_t number = 2; found < rounds; ++number) {
      bool prime = true;
      for (std::uint32_t divisor = 2; divisor * divisor <= number; ++divisor) prime = prime && number % divisor != 0;
      if (!prime) continue;
      if (found < start.size()) start[found] = fraction(std::sqrt(number));
      round[found++] = fraction(std::cbrt(number));
    }
  }
};

void take_in(Words& state, const unsigned char* block, const Constants& constants) {
  std::array<std::uint32_t, rounds> w{};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < 4; ++j) w[i] = w[i] << 8 | block[4 * i + j];
  }
  for (std::size_t i = 16; i < rounds; ++i) {
    const std::uint32_t near = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ (w[i - 2] >> 10);
    const std::uint32_t far = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ (w[i - 15] >> 3);
    w[i] = near + w[i - 7] + far + w[i - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::uint32_t chosen = (e & f) ^ (~e & g), most = (a & b) ^ (a & c) ^ (b & c);
    const std::uint32_t one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + constants.round[i] + w[i];
    const std::uint32_t two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most;
    h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
  }
  const Words after{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += after[i];
}

}  // namespace

std::string sha256(const std::string& bytes) {
  static const Constants constants;
  std::string padded = bytes + '\x80';
  while (padded.size() % block_size != block_size - 8) padded.push_back('\0');
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<char>(bits >> shift & 0xff));
  Words state = constants.start;
  for (std::size_t at = 0; at < padded.size(); at += block_size) {
    take_in(state, reinterpret_cast<const unsigned char*>(padded.data()) + at, constants);
  }
  std::string digits;
  for (const std::uint32_t word : state) {
    for (int shift = 28; shift >= 0; shift -= 4) digits.push_back("0123456789abcdef"[word >> shift & 0xf]);
  }
  return digits;
}

}  // namespace npc
