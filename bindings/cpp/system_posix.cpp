#ifndef _WIN32
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "system.hpp"

extern char** environ;

namespace npc::system {

const char* const program_suffix = "";
const char path_separator = ':';

std::string variable(const char* name) {
  const char* found = std::getenv(name);
  return found == nullptr ? "" : found;
}

std::FILE* open(const std::string& path, const char* mode) { return std::fopen(path.c_str(), mode); }

bool lock_is_held(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);  // lets go of the lock too
  return held;
}

bool is_ours(const std::string& folder) {
  struct stat found {};
  return ::stat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::getuid();
}

bool is_program(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> runtime_folders() {
#ifdef __APPLE__
  return {variable("HOME") + "/Library/Caches/TemporaryItems"};
#else
  const std::string uid = std::to_string(::getuid()), named = variable("XDG_RUNTIME_DIR"), temporary = variable("TMPDIR");
  std::vector<std::string> folders;
  if (!named.empty()) folders.push_back(named);
  folders.push_back("/run/user/" + uid);
  folders.push_back((temporary.empty() ? "/tmp" : temporary) + "/runtime-" + uid);
  return folders;
#endif
}

std::vector<std::string> shared_folders() {
#ifdef __APPLE__
  return {variable("HOME") + "/Applications/npc-runtime", "/Applications/npc-runtime"};
#else
  return {variable("HOME") + "/.local/lib/npc-runtime", "/opt/npc-runtime"};
#endif
}

std::string own_folder() {
  char path[4096];
#ifdef __APPLE__
  std::uint32_t room = sizeof path;
  const std::string own = ::_NSGetExecutablePath(path, &room) == 0 ? path : "";
#else
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string own(path, length > 0 ? static_cast<std::size_t>(length) : 0);
#endif
  return own.substr(0, own.rfind('/') == std::string::npos ? 0 : own.rfind('/'));
}

long own_pid() { return static_cast<long>(::getpid()); }

bool start(const std::vector<std::string>& words, const std::string& log, Process& out, std::string& why) {
  std::vector<std::string> kept = words;
  std::vector<char*> pointers;
  for (std::string& word : kept) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t started = 0;
  const int failed = ::posix_spawnp(&started, kept[0].c_str(), &files, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed != 0) why = std::strerror(failed);
  out.pid = failed == 0 ? started : 0;
  return failed == 0;
}

bool running(Process& process) {
  if (process.pid != 0 && ::waitpid(static_cast<pid_t>(process.pid), nullptr, WNOHANG) != 0) process.pid = 0;
  return process.pid != 0;
}

void ask_to_end(Process& process) { ::kill(static_cast<pid_t>(process.pid), SIGTERM); }

void kill(Process& process) {
  ::kill(static_cast<pid_t>(process.pid), SIGKILL);
  ::waitpid(static_cast<pid_t>(process.pid), nullptr, 0);
  process.pid = 0;
}

void nap() {
  const std::timespec moment{0, 20'000'000};
  ::nanosleep(&moment, nullptr);
}

}  // namespace npc::system
#endif
