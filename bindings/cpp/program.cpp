#include "program.hpp"

#include <filesystem>

#include "sha256.hpp"
#include "system.hpp"

namespace npc {
namespace {

constexpr const char* bundle_name = "npc-runtime";
constexpr std::size_t mark_digits = 12;

std::filesystem::path of_utf8(const std::string& path) { return std::filesystem::u8path(path); }

std::string joined(const std::string& folder, const std::string& name) { return (of_utf8(folder) / of_utf8(name)).u8string(); }

std::string program_in(const std::string& folder) {
  return joined(folder, std::string(bundle_name) + system::program_suffix);
}

bool told_by_variable(const std::string& named, std::string& out, std::string& why) {
  std::error_code untold;
  out = std::filesystem::is_directory(of_utf8(named), untold) ? program_in(named) : named;
  if (system::is_program(out)) return true;
  why = "NPC_RUNTIME names " + named + ", and there is no program " + out;
  return false;
}

std::vector<std::string> parts_of_path() {
  std::vector<std::string> parts(1);
  for (const char letter : system::variable("PATH")) {
    if (letter == system::path_separator) parts.emplace_back();
    else parts.back().push_back(letter);
  }
  return parts;
}

}  // namespace

bool find_program(std::string& out, std::string& why) {
  const std::string named = system::variable("NPC_RUNTIME");
  if (!named.empty()) return told_by_variable(named, out, why);
  std::error_code untold;
  std::vector<std::string> folders;
  for (const std::string& beside : {system::own_folder(), std::filesystem::current_path(untold).u8string()}) {
    if (!beside.empty()) folders.push_back(joined(beside, bundle_name));
  }
  for (const std::string& shared : system::shared_folders()) folders.push_back(shared);
  why = "NPC Runtime was not found: neither in";
  for (const std::string& folder : folders) why += " " + folder + ",";
  why += " nor on the PATH";
  for (const std::string& part : parts_of_path()) {
    if (!part.empty()) folders.push_back(part);
  }
  for (const std::string& folder : folders) {
    out = program_in(folder);
    if (system::is_program(out)) return true;
  }
  return false;
}

std::vector<std::string> standbys(const std::string& data_dir) {
  std::error_code untold;
  const auto absolute = std::filesystem::absolute(of_utf8(data_dir), untold).lexically_normal().make_preferred();
  std::string path = absolute.u8string();
  if (!absolute.has_filename() && absolute.has_relative_path()) path.pop_back();  // the slash at its end
  const std::string mark = sha256(path).substr(0, mark_digits);
  std::vector<std::string> out;
  for (const std::string& folder : system::runtime_folders()) out.push_back(joined(joined(folder, bundle_name), mark));
  return out;
}

}  // namespace npc
