#include "launcher.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.hpp"

extern char** environ;

namespace npc {
namespace {

constexpr std::size_t log_shown = 1200;
constexpr std::size_t key_length = 40;

bool read_file(const std::string& path, std::string& out) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  char block[4096];
  std::size_t got = 0;
  while ((got = std::fread(block, 1, sizeof block, file)) > 0) out.append(block, got);
  std::fclose(file);
  return true;
}

bool read_map(const std::string& path, Value& out, std::string& why) {
  std::string text, where;
  if (!read_file(path, text)) {
    why = "the key file " + path + " cannot be read: " + std::strerror(errno);
  } else if (!json::read(text, out, where) || out.map() == nullptr) {
    why = "the key file " + path + " is no JSON as npc-runtime keys writes it: " + where;
  } else {
    return true;
  }
  return false;
}

bool whole(const std::string& path, const Key& key, std::string& why) {
  for (const std::string& half : {key.server, key.own_public, key.own_secret}) {
    if (half.size() != key_length) why = "the key file " + path + " does not hold keys of 40 characters";
  }
  return why.empty();
}

/// A daemon holds a lock of the operating system for as long as it lives; `daemon.json` stays behind when it is killed.
bool lock_is_held(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);  // lets go of the lock too
  return held;
}

void nap() {
  const std::timespec moment{0, 20'000'000};
  ::nanosleep(&moment, nullptr);
}

}  // namespace

bool find_daemon(const std::string& data_dir, Endpoint& out) {
  std::string text, why;
  Value found;
  if (!read_file(data_dir + "/daemon.json", text) || !json::read(text, found, why)) return false;
  const Value* pid = found.find("pid");
  out.endpoint = found.text_of("endpoint");
  out.events = found.text_of("events");
  out.server_key = found.text_of("server_key");
  out.pid = pid && pid->integer() ? static_cast<long>(*pid->integer()) : 0;
  return !out.endpoint.empty() && lock_is_held(data_dir + "/daemon.lock");
}

std::string read_token(const std::string& data_dir) {
  std::string text;
  read_file(data_dir + "/token", text);
  const char* blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool read_key(const std::string& path, Key& out, std::string& why) {
  Value found;
  if (!read_map(path, found, why)) return false;
  out = Key{found.text_of("server"), found.text_of("public"), found.text_of("secret")};
  return whole(path, out, why);
}

bool read_local_key(const std::string& data_dir, Key& out, std::string& why) {
  const std::string path = data_dir + "/keys.json";
  Value found;
  if (!read_map(path, found, why)) return false;
  const Value none;
  const Value& server = found.find("server") ? *found.find("server") : none;
  const Value& local = found.find("local") ? *found.find("local") : none;
  out = Key{server.text_of("public"), local.text_of("public"), local.text_of("secret")};
  return whole(path, out, why);
}

bool Launcher::start(const std::vector<std::string>& command, const std::string& data_dir,
                     const std::vector<std::string>& arguments, std::string& why) {
  std::vector<std::string> words = command;
  for (const char* word : {"serve", "--data-dir"}) words.push_back(word);
  words.push_back(data_dir);
  words.push_back("--exit-with-parent");
  words.push_back(std::to_string(::getpid()));
  for (const char* word : {"--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"}) words.push_back(word);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  if (::mkdir(data_dir.c_str(), 0700) != 0 && errno != EEXIST) {
    why = "the data folder " + data_dir + " cannot be made: " + std::strerror(errno);
    return false;
  }
  log_ = data_dir + "/daemon.log";
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 2, log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t started = 0;
  const int failed = ::posix_spawnp(&started, words[0].c_str(), &files, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) {
    why = "the daemon cannot be started (" + words[0] + ": " + std::strerror(failed) + ")";
    return false;
  }
  pid_ = started;
  return true;
}

bool Launcher::running() {
  if (pid_ != 0 && ::waitpid(static_cast<pid_t>(pid_), nullptr, WNOHANG) != 0) pid_ = 0;
  return pid_ != 0;
}

std::string Launcher::last_words() const {
  std::string text;
  read_file(log_, text);
  if (text.size() > log_shown) {
    const std::size_t line = text.find('\n', text.size() - log_shown);
    text = text.substr(line == std::string::npos ? text.size() - log_shown : line + 1);
  }
  return text.empty() ? "(it wrote nothing)" : text;
}

void Launcher::stop(double seconds) {
  if (!running()) return;
  ::kill(static_cast<pid_t>(pid_), SIGTERM);
  for (double waited = 0; running(); waited += 0.02) {
    if (waited > seconds) {
      ::kill(static_cast<pid_t>(pid_), SIGKILL);
      ::waitpid(static_cast<pid_t>(pid_), nullptr, 0);
      pid_ = 0;
      return;
    }
    nap();
  }
}

}  // namespace npc
