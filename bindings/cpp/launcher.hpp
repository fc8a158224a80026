// Finds the daemon of a data folder, or starts one that lives as long as this process. Nothing here waits, but `stop`.
#pragma once

#include <string>
#include <vector>

#include "system.hpp"

namespace npc {

/// A daemon that serves, as its `daemon.json` says.
struct Endpoint {
  std::string endpoint;
  std::string events;
  /// The daemon's public key, where it asks for keys instead of the token.
  std::string server_key;
  long pid = 0;
};

/// What a daemon asks for that other machines can reach: halves of CURVE keys, in Z85.
struct Key {
  std::string server;
  std::string own_public;
  std::string own_secret;
};

/// The daemon that serves a data folder. False where there is none.
bool find_daemon(const std::string& data_dir, Endpoint& out);

/// The token of a data folder; empty where there is none that can be read.
std::string read_token(const std::string& data_dir);

/// A key file, as `npc-runtime keys add` writes it. False where it is none; `why` says so.
bool read_key(const std::string& path, Key& out, std::string& why);

/// The key that a data folder has for clients of its own machine.
bool read_local_key(const std::string& data_dir, Key& out, std::string& why);

/// A daemon that this process started.
class Launcher {
 public:
  Launcher() = default;
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  ~Launcher() { stop(); }

  /// Starts `<command> serve --data-dir <folder> --exit-with-parent <this process> <arguments>` on free ports, with its
  /// log in `daemon.log` there. Where the command is empty, the program is looked for. It is ready when `find_daemon` finds it. False, and why, where it cannot be started.
  bool start(const std::vector<std::string>& command, const std::string& data_dir,
             const std::vector<std::string>& arguments, std::string& why);

  /// Whether one was started and has neither ended nor been stopped.
  bool running();

  /// Its process id; 0 where there is none.
  long pid() const { return process_.pid; }

  /// The end of its log, for a modder to read.
  std::string last_words() const;

  /// Asks it to end, and waits until it has: politely, and after `seconds` not. For when the game ends.
  void stop(double seconds = 10.0);

 private:
  system::Process process_;
  std::string log_;
};

}  // namespace npc
