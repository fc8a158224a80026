#pragma once

#include <chrono>

namespace npc {

/// The frame times of a game, as they are reported: an average, about once a second.
class Frames {
 public:
  /// A frame took `ms` milliseconds. Whether a report is due, with `average` then.
  bool add(double ms, double& average) {
    const auto now = std::chrono::steady_clock::now();
    if (count_ == 0 && since_ == std::chrono::steady_clock::time_point{}) since_ = now;
    sum_ += ms;
    ++count_;
    if (now - since_ < std::chrono::seconds(1)) return false;
    average = sum_ / count_;
    since_ = now;
    sum_ = 0;
    count_ = 0;
    return average > 0;
  }

 private:
  std::chrono::steady_clock::time_point since_{};
  double sum_ = 0;
  int count_ = 0;
};

}  // namespace npc
