// Compiled with MinGW, and never run: nobody has tried it on Windows yet.
#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include "system.hpp"

namespace npc::system {
namespace {

std::wstring wide(const std::string& text) {
  const int length = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring out(static_cast<std::size_t>(length), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), out.data(), length);
  return out;
}

std::string narrow(const std::wstring& text) {
  const int size = static_cast<int>(text.size());
  const int length = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<std::size_t>(length), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, out.data(), length, nullptr, nullptr);
  return out;
}

/// As programs of Windows take a line apart: slashes count only before a quotation mark.
std::wstring quoted(const std::string& word) {
  std::wstring out = L"\"";
  std::size_t slashes = 0;
  for (const wchar_t letter : wide(word)) {
    if (letter == L'\\') {
      ++slashes;
      continue;
    }
    out.append(letter == L'"' ? 2 * slashes + 1 : slashes, L'\\');
    out.push_back(letter);
    slashes = 0;
  }
  return out.append(2 * slashes, L'\\') + L"\"";
}

HANDLE inherited(const std::wstring& path, DWORD access, DWORD how) {
  SECURITY_ATTRIBUTES passed_on{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  return ::CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE, &passed_on, how, FILE_ATTRIBUTE_NORMAL,
                       nullptr);
}

DWORD attributes(const std::string& path) { return ::GetFileAttributesW(wide(path).c_str()); }

void let_go(Process& process) {
  if (process.handle != nullptr) ::CloseHandle(process.handle);
  process = Process{};
}

}  // namespace

const char* const program_suffix = ".exe";
const char path_separator = ';';

std::string variable(const char* name) {
  const std::wstring key = wide(name);
  std::wstring value(::GetEnvironmentVariableW(key.c_str(), nullptr, 0), L'\0');
  value.resize(value.empty() ? 0 : ::GetEnvironmentVariableW(key.c_str(), value.data(), static_cast<DWORD>(value.size())));
  return narrow(value);
}

std::FILE* open(const std::string& path, const char* mode) { return ::_wfopen(wide(path).c_str(), wide(mode).c_str()); }

bool lock_is_held(const std::string& path) {
  const HANDLE file = inherited(wide(path), GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING);
  if (file == INVALID_HANDLE_VALUE) return false;
  const bool taken = ::LockFile(file, 0, 0, 1, 0) != 0;  // the byte that a daemon locks
  const bool held = !taken && ::GetLastError() == ERROR_LOCK_VIOLATION;
  if (taken) ::UnlockFile(file, 0, 0, 1, 0);
  ::CloseHandle(file);
  return held;
}

/// The places that are asked about are in the user's own profile.
bool is_ours(const std::string& folder) {
  const DWORD found = attributes(folder);
  return found != INVALID_FILE_ATTRIBUTES && (found & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool is_program(const std::string& path) {
  const DWORD found = attributes(path);
  return found != INVALID_FILE_ATTRIBUTES && (found & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

std::vector<std::string> runtime_folders() { return {variable("LOCALAPPDATA") + "\\Temp"}; }

std::vector<std::string> shared_folders() {
  return {variable("LOCALAPPDATA") + "\\Programs\\npc-runtime", variable("ProgramFiles") + "\\npc-runtime"};
}

std::string own_folder() {
  wchar_t path[4096];
  const std::string own = narrow(std::wstring(path, ::GetModuleFileNameW(nullptr, path, 4096)));
  return own.substr(0, own.rfind('\\') == std::string::npos ? 0 : own.rfind('\\'));
}

long own_pid() { return static_cast<long>(::GetCurrentProcessId()); }

bool start(const std::vector<std::string>& words, const std::string& log, Process& out, std::string& why) {
  std::wstring line;
  for (const std::string& word : words) line += (line.empty() ? L"" : L" ") + quoted(word);
  STARTUPINFOW how{};
  how.cb = sizeof how;
  how.dwFlags = STARTF_USESTDHANDLES;
  how.hStdInput = inherited(L"NUL", GENERIC_READ, OPEN_EXISTING);
  how.hStdOutput = inherited(L"NUL", GENERIC_WRITE, OPEN_EXISTING);
  how.hStdError = inherited(wide(log), GENERIC_WRITE, CREATE_ALWAYS);
  PROCESS_INFORMATION started{};
  const bool ok = ::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr, &how,
                                   &started) != 0;
  if (!ok) why = "error " + std::to_string(::GetLastError()) + " of Windows";
  for (const HANDLE file : {how.hStdInput, how.hStdOutput, how.hStdError}) {
    if (file != INVALID_HANDLE_VALUE) ::CloseHandle(file);
  }
  if (!ok) return false;
  ::CloseHandle(started.hThread);
  out.pid = static_cast<long>(started.dwProcessId);
  out.handle = started.hProcess;
  return true;
}

bool running(Process& process) {
  if (process.handle != nullptr && ::WaitForSingleObject(process.handle, 0) == WAIT_OBJECT_0) let_go(process);
  return process.handle != nullptr;
}

/// There is no polite way to a process without a window; nothing is lost, since what was answered is on disk.
void ask_to_end(Process& process) { ::TerminateProcess(process.handle, 0); }

void kill(Process& process) {
  ::TerminateProcess(process.handle, 1);
  let_go(process);
}

void nap() { ::Sleep(20); }

}  // namespace npc::system
#endif
