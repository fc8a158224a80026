// How a session begins, lives, and is found again.
#include <algorithm>

#include "core.hpp"

namespace npc {
namespace {

constexpr double hello_seconds = 5.0;
/// Before a daemon that went away is looked for.
constexpr double pause_seconds = 0.25;
/// Opening a world may take the daemon longer than any other request: its memories are read.
constexpr double redo_seconds = 30.0;

}  // namespace

void Core::greet() {
  phase_ = Phase::greeting;
  hello_due_ = now_ + hello_seconds;
  Hello hello;
  hello.versions = {protocol_version};
  hello.client.name = options.name;
  hello.client.version = options.version;
  hello.capabilities = {"events", "why"};
  const Number number = add(to_value(hello), hello_seconds, [this](const Value& message, const Error* error) {
    Welcome fresh;
    if (error == nullptr && as(message, fresh)) {
      begin(fresh);
    } else if (error != nullptr && error->code == code::unsupported_version) {
      phase_ = Phase::refused;
      drop_socket();
      trouble(*error, true);
    } else if (error != nullptr && error->code != code::deadline) {
      trouble(*error, false);
      gone();
      next_look_ = now_ + 1;
    }
  }, true);
  send(*exchanges_[number]);
}

void Core::begin(const Welcome& fresh) {
  session_ = Session();
  session_.again = had_session_;
  session_.restarted = had_session_ && welcome.daemon != fresh.daemon;
  session_.welcome = welcome = fresh;
  had_session_ = true;
  phase_ = Phase::open;
  told_.clear();
  launch_pause_ = 1;
  broken_off_ = 0;
  next_ping_ = now_ + welcome.heartbeat / 2;
  pinged_ = false;
  redoing_ = 0;
  telling_ = true;
  // What section 7 of the protocol lists, in its order; what was put off follows.
  std::deque<Number> put_off;
  put_off.swap(queue_);
  if (session_.restarted) {
    for (const auto& [id, world] : worlds_) {
      if (world.open.is_nil()) continue;
      redo(world.open);
      for (const std::string& npc : world.npcs) {
        NpcSpawn spawn;
        spawn.world = id;
        spawn.npc = npc;
        redo(to_value(spawn));
      }
    }
  }
  for (const auto& [id, world] : worlds_) {
    if (!session_.again || !world.subscribed) continue;
    redo(subscription(id, world.speech));
  }
  queue_.insert(queue_.end(), first_.begin(), first_.end());
  first_.clear();
  queue_.insert(queue_.end(), put_off.begin(), put_off.end());
}

void Core::redo(Value request) {
  ++redoing_;
  queue_.push_back(add(std::move(request), std::max(options.request_seconds, redo_seconds), [this](const Value&, const Error* error) {
    if (error != nullptr) session_.problems.push_back(*error);
    if (--redoing_ == 0) redone();  // ahead of what comes behind it
  }, true));
}

void Core::redone() {
  telling_ = false;
  if (on_session) on_session(Session(session_));
}

void Core::lost() {
  std::vector<Number> broken;
  queue_.clear();
  for (auto it = exchanges_.begin(); it != exchanges_.end();) {
    Exchange& exchange = *it->second;
    if (exchange.control) {
      it = exchanges_.erase(it);
      continue;
    }
    if (exchange.answered) {
      broken.push_back(it->first);
    } else {
      if (exchange.sent) exchange.due = now_ + std::max(options.start_seconds, exchange.patience);
      exchange.sent = false;
      if (std::find(first_.begin(), first_.end(), it->first) == first_.end()) queue_.push_back(it->first);
    }
    ++it;
  }
  telling_ = false;
  losing_ = true;
  for (Number number : broken) {
    fail(number, local_error(code::no_session, "the session was lost, and what had begun in it has ended", "ask again"));
  }
  losing_ = false;
}

void Core::gone() {
  drop_socket();
  if (phase_ != Phase::refused) phase_ = Phase::seeking;
  next_look_ = now_ + pause_seconds;
  lost();
}

void Core::beat() {
  if (!pinged_ && now_ >= next_ping_) {
    pinged_ = true;
    next_ping_ = now_ + welcome.heartbeat / 2;
    pong_due_ = now_ + welcome.heartbeat;
    pong_last_ = now_ + welcome.expiry;
    const Number number = add(to_value(Ping()), 2 * welcome.expiry, [this](const Value& message, const Error* error) {
      Pong pong;
      if (error != nullptr || !as(message, pong)) return;
      pinged_ = false;
      if (pong.session.value_or("") == welcome.session) return;
      lost();
      greet();
    }, true);
    send(*exchanges_[number]);
  } else if (pinged_ && now_ > pong_due_) {
    look_again();
  }
}

/// No pong has come: the daemon may be gone, or somewhere else. One that is only busy still holds its lock.
void Core::look_again() {
  pong_due_ = now_ + welcome.heartbeat / 2;
  Endpoint found;
  const bool same = options.endpoint.empty() && find_daemon(options.data_dir, found) && found.pid == endpoint_.pid;
  if (!same || now_ > pong_last_) gone();
}

}  // namespace npc
