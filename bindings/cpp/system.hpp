// What the launcher asks of the operating system: system_posix.cpp and system_windows.cpp answer. Paths are UTF-8.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace npc::system {

/// What a program is called here: `npc-runtime.exe`.
extern const char* const program_suffix;
extern const char path_separator;

/// A variable of the environment; empty where there is none.
std::string variable(const char* name);

/// `std::fopen` for a path in UTF-8.
std::FILE* open(const std::string& path, const char* mode);

/// Whether another process holds the lock of a file: a daemon does as long as it lives, and `daemon.json` stays behind when
/// it is killed.
bool lock_is_held(const std::string& path);

/// Whether a folder is there, and no other user's.
bool is_ours(const std::string& folder);

bool is_program(const std::string& path);

/// Folders that a user has for what runs, in which a daemon describes itself that cannot write its data folder.
std::vector<std::string> runtime_folders();

/// Folders where a bundle is that all games share.
std::vector<std::string> shared_folders();

/// The folder that the running program is in; empty where that cannot be told.
std::string own_folder();

long own_pid();

/// A process that was started. It is not waited for, unless it is told to end.
struct Process {
  long pid = 0;
  void* handle = nullptr;
};

/// Starts a program with its errors in a file, and without input and output. False, and why.
bool start(const std::vector<std::string>& words, const std::string& log, Process& out, std::string& why);

/// Whether it runs still. Where it does not, it is let go of.
bool running(Process& process);

/// Asks it to end.
void ask_to_end(Process& process);

/// Ends it, and lets go of it.
void kill(Process& process);

/// Some milliseconds.
void nap();

}  // namespace npc::system
