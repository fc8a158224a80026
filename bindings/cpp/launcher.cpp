#include "launcher.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "json.hpp"
#include "program.hpp"
#include "system.hpp"

namespace npc {
namespace {

constexpr std::size_t log_shown = 1200;
constexpr std::size_t key_length = 40;

bool read_file(const std::string& path, std::string& out) {
  std::FILE* file = system::open(path, "rb");
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

/// The data folder, and what stands in for it where it cannot be written; not what another user left there.
std::vector<std::string> folders_of(const std::string& data_dir) {
  std::vector<std::string> folders{data_dir};
  for (const std::string& standby : standbys(data_dir)) {
    if (system::is_ours(standby)) folders.push_back(standby);
  }
  return folders;
}

bool described_in(const std::string& folder, Endpoint& out) {
  std::string text, why;
  Value found;
  if (!read_file(folder + "/daemon.json", text) || !json::read(text, found, why)) return false;
  const Value* pid = found.find("pid");
  out.endpoint = found.text_of("endpoint");
  out.events = found.text_of("events");
  out.server_key = found.text_of("server_key");
  out.pid = pid && pid->integer() ? static_cast<long>(*pid->integer()) : 0;
  return !out.endpoint.empty() && system::lock_is_held(folder + "/daemon.lock");
}

std::string token_in(const std::string& folder) {
  std::string text;
  read_file(folder + "/token", text);
  const char* blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// A file for the log that can be written, in the data folder or in its standby.
bool new_log(const std::string& data_dir, std::string& out, std::string& why) {
  std::vector<std::string> folders{data_dir};
  for (const std::string& standby : standbys(data_dir)) folders.push_back(standby);
  for (const std::string& folder : folders) {
    std::error_code failed;
    const auto path = std::filesystem::u8path(folder);
    if (std::filesystem::create_directories(path, failed)) {
      std::filesystem::permissions(path, std::filesystem::perms::owner_all, failed);
    }
    out = folder + "/daemon.log";
    if (std::FILE* file = system::open(out, "wb")) {
      std::fclose(file);
      using std::filesystem::perms;
      std::filesystem::permissions(std::filesystem::u8path(out), perms::owner_read | perms::owner_write, failed);
      return true;
    }
    if (why.empty()) why = "nothing can be written into the data folder " + data_dir + ": " + std::strerror(errno);
  }
  return false;
}

}  // namespace

bool find_daemon(const std::string& data_dir, Endpoint& out) {
  for (const std::string& folder : folders_of(data_dir)) {
    if (described_in(folder, out)) return true;
  }
  return false;
}

std::string read_token(const std::string& data_dir) {
  Endpoint ignored;
  for (const std::string& folder : folders_of(data_dir)) {
    if (described_in(folder, ignored)) return token_in(folder);
  }
  return token_in(data_dir);
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
  if (words.empty() && !find_program(words.emplace_back(), why)) return false;
  for (const char* word : {"serve", "--data-dir"}) words.push_back(word);
  words.push_back(data_dir);
  words.push_back("--exit-with-parent");
  words.push_back(std::to_string(system::own_pid()));
  for (const char* word : {"--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"}) words.push_back(word);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::string unwritable, failed;
  if (!new_log(data_dir, log_, unwritable)) {
    why = unwritable;
    return false;
  }
  if (system::start(words, log_, process_, failed)) return true;
  why = "the daemon cannot be started (" + words[0] + ": " + failed + ")";
  return false;
}

bool Launcher::running() { return system::running(process_); }

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
  system::ask_to_end(process_);
  for (double waited = 0; running(); waited += 0.02) {
    if (waited > seconds) return system::kill(process_);
    system::nap();
  }
}

}  // namespace npc
