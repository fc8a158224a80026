// What the handles of worlds, characters, replies and quarrels have in common. Games do not include this.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core.hpp"

namespace npc {

/// Nobody and nothing is nil in the protocol, and never empty.
inline std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

/// Asks for one answer, and hands it to a callback that may be empty.
template <class Request>
void ask(Core& core, const Request& request, Callback<typename Request::Answer> callback, double seconds = 0) {
  core.ask(to_value(request), seconds, [callback = std::move(callback)](const Value& message, const Error* error) {
    if (!callback) return;
    Result<typename Request::Answer> result;
    result.ok = error == nullptr && as(message, result.value);
    if (error != nullptr) {
      result.error = *error;
    } else if (!result.ok) {
      result.error = unreadable(message);
    }
    callback(result);
  });
}

template <class Function, class... Types>
void call(const Function& callback, const Types&... values) {
  if (!callback) return;
  const Function kept = callback;  // the callback may set another in its place
  kept(values...);
}

/// A line, and the handle of what is answered to it.
Reply begin_reply(const std::shared_ptr<Core>& core, const Say& line);

}  // namespace npc
