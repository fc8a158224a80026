// Who waits for what: requests out, answers in.
#include <zmq.h>

#include <algorithm>
#include <cstring>

#include "core.hpp"

namespace npc {
namespace {

/// A tick hands over so many messages at most, so that a flood costs a game no frame.
constexpr int messages_a_tick = 256;
/// What a tick may count for: a game that a debugger held must not find all that it waits for timed out.
constexpr double longest_tick = 1.0;

/// The number of a request id of ours; 0 where it is none.
std::uint64_t number_of(const std::string& id) {
  return id.empty() || id.size() > 19 || id.find_first_not_of("0123456789") != std::string::npos ? 0 : std::stoull(id);
}

template <class... Types>
bool read_event(const Value& message, std::variant<Types...>& out) {
  std::string why;
  return ((is<Types>(message) && from_value(message, out.template emplace<Types>(), why)) || ...);
}

/// A part of a message of ZeroMQ, used again for the next.
struct Part {
  zmq_msg_t held;
  Part() { zmq_msg_init(&held); }
  ~Part() { zmq_msg_close(&held); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  bool receive(void* socket) { return zmq_msg_recv(&held, socket, ZMQ_DONTWAIT) >= 0; }
  bool more() const { return zmq_msg_more(&held) != 0; }
  const char* data() { return static_cast<const char*>(zmq_msg_data(&held)); }
  std::size_t size() const { return zmq_msg_size(&held); }
};

}  // namespace

bool is_last(const Value& message) {
  const Value* last = message.find("last");
  return last != nullptr && last->boolean() != nullptr && *last->boolean();
}

Error unreadable(const Value& message) {
  return local_error(code::internal, "an answer of the daemon cannot be read: " + message.text_of("type"),
                     "do the versions of the daemon and of the mod fit?");
}

Error local_error(const char* code, const std::string& message, const std::string& hint) {
  Error error;
  error.code = code;
  error.message = message;
  error.hint = hint;
  return error;
}

std::string whole_npc_id(const std::string& id) { return id.compare(0, 4, "npc:") == 0 ? id : "npc:" + id; }

Value subscription(const std::string& world, bool speech) {
  Subscribe subscribe;
  subscribe.world = world;
  subscribe.speech = speech;
  return to_value(subscribe);
}

void Core::poll() {
  if (closed_) return;
  const auto real = std::chrono::steady_clock::now();
  const auto passed = last_poll_.time_since_epoch().count() == 0 ? 0.0 : std::chrono::duration<double>(real - last_poll_).count();
  last_poll_ = real;
  now_ += std::min(passed, longest_tick);
  if (socket_ == nullptr) seek();
  receive();
  watch_socket();
  if (closed_) return;
  if (phase_ == Phase::greeting && now_ > hello_due_) {
    trouble(local_error(code::deadline, "the daemon at " + endpoint_.endpoint + " does not answer",
                        "is it the daemon of this data folder? its log is in daemon.log there"),
            false);
    gone();
  }
  if (phase_ == Phase::open) beat();
  time_out();
  if (closed_) return;
  if (telling_ && redoing_ == 0) redone();
  if (phase_ == Phase::open) flush();
}

void Core::close() {
  closed_ = true;
  // Handlers hold handles, and those hold this: letting go of them here ends the circle.
  exchanges_.clear();
  queue_.clear();
  first_.clear();
  worlds_.clear();
  on_session = nullptr;
  on_trouble = nullptr;
  drop_socket();
  if (context_ != nullptr) zmq_ctx_term(context_);
  context_ = nullptr;
  launcher_.stop();
}

Core::Number Core::add(Value request, double seconds, Handler handler, bool control) {
  auto exchange = std::make_shared<Exchange>();
  const Number number = ++numbers_;
  exchange->type = request.text_of("type");
  exchange->handler = std::move(handler);
  exchange->patience = seconds > 0 ? seconds : options.request_seconds;
  // What waits for a session waits for the daemon to start, and its own time begins when it is sent.
  exchange->due = now_ + exchange->patience + (phase_ != Phase::open && options.start ? options.start_seconds : 0);
  exchange->control = control;
  for (Entry& field : *request.map()) {
    if (field.key == "id") field.value = Value(std::to_string(number));
  }
  exchange->request = std::move(request);
  exchanges_[number] = exchange;
  return number;
}

std::string Core::ask(Value request, double seconds, Handler handler) {
  if (closed_) return "";
  const Number number = add(std::move(request), seconds, std::move(handler), false);
  (losing_ ? first_ : queue_).push_back(number);
  if (phase_ == Phase::refused) exchanges_[number]->due = now_;  // ends at the next tick
  return std::to_string(number);
}

bool Core::send(Exchange& exchange) {
  if (socket_ == nullptr) return false;
  const std::string body = msgpack::pack(exchange.request);
  if (zmq_send(socket_, header, std::strlen(header), ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) return false;
  if (zmq_send(socket_, body.data(), body.size(), ZMQ_DONTWAIT) < 0) return false;
  exchange.sent = true;
  exchange.due = now_ + exchange.patience;
  return true;
}

void Core::flush() {
  while (!queue_.empty()) {
    const auto found = exchanges_.find(queue_.front());
    if (found != exchanges_.end() && !found->second->taken_back && !send(*found->second)) return;
    queue_.pop_front();
  }
}

void Core::receive() {
  Part header_part, body;
  for (int count = 0; socket_ != nullptr && count < messages_a_tick; ++count) {
    if (!header_part.receive(socket_)) return;
    const bool ours = header_part.size() == std::strlen(header) && std::memcmp(header_part.data(), header, header_part.size()) == 0;
    int parts = 1;
    for (bool more = header_part.more(); more; more = body.more(), ++parts) {
      if (!body.receive(socket_)) return;
    }
    Value message;
    std::string why;
    if (ours && parts == 2 && msgpack::unpack(body.data(), body.size(), message, why)) dispatch(message);
  }
}

void Core::dispatch(const Value& message) {
  const Value* re = message.find("re");
  if (re == nullptr || re->text() == nullptr) {
    Event event;
    const auto world = worlds_.find(message.text_of("world"));
    if (world == worlds_.end() || !world->second.listener || !read_event(message, event)) return;
    const auto listener = world->second.listener;  // a copy: the callback may set another
    listener(event);
    return;
  }
  const auto found = exchanges_.find(number_of(*re->text()));
  if (found == exchanges_.end() || !found->second->sent) return;
  const std::shared_ptr<Exchange> exchange = found->second;
  Error error;
  const bool failed = is<Error>(message);
  if (failed && !as(message, error)) error = unreadable(message);
  if (failed && error.code == code::unauthorized) {  // the key of this connection was removed
    trouble(error, true);
    gone();
    next_look_ = now_ + 1;
    return;
  }
  if (failed && error.code == code::no_session && !exchange->control) {
    if (phase_ == Phase::open) {
      lost();
      greet();
    }
    return;
  }
  exchange->answered = true;
  exchange->due = now_ + exchange->patience;
  if (failed || is_last(message)) {
    exchanges_.erase(found);
    if (!failed) note(*exchange, message);
  }
  if (exchange->handler) exchange->handler(message, failed ? &error : nullptr);
}

/// Remembers what another run of the daemon must be told again.
void Core::note(const Exchange& exchange, const Value& message) {
  const std::string world = exchange.request.text_of("world");
  NpcSpawned spawned;
  CreatureGenerated born;
  if (exchange.type == WorldOpen::type) {
    worlds_[world].open = exchange.request;
  } else if (exchange.type == WorldClose::type) {
    worlds_.erase(world);
  } else if (as(message, spawned)) {
    worlds_[world].npcs.insert(spawned.npc.npc);
  } else if (as(message, born) && born.spawned) {
    worlds_[world].npcs.insert(born.spawned->npc);
  } else if (exchange.type == NpcDespawn::type) {
    worlds_[world].npcs.erase(whole_npc_id(exchange.request.text_of("npc")));
  } else if (exchange.type == Subscribe::type) {
    const Value* speech = exchange.request.find("speech");
    worlds_[world].subscribed = true;
    worlds_[world].speech = speech != nullptr && speech->boolean() != nullptr && *speech->boolean();
  } else if (exchange.type == Unsubscribe::type) {
    worlds_[world].subscribed = false;
  }
}

void Core::time_out() {
  std::vector<Number> over;
  for (const auto& [number, exchange] : exchanges_) {
    if (exchange->taken_back || now_ > exchange->due) over.push_back(number);
  }
  for (Number number : over) {
    const auto found = exchanges_.find(number);
    if (found == exchanges_.end()) continue;
    const Exchange& exchange = *found->second;
    if (exchange.taken_back) {
      fail(number, local_error(code::cancelled, exchange.type + " was taken back before it was sent"));
      continue;
    }
    const bool begun = exchange.sent && exchange.handler && !exchange.control;
    const std::string waited = exchange.sent ? "the daemon has not answered " : "there was no daemon to take ";
    fail(number, local_error(code::deadline, waited + exchange.type + " in time", "npc-runtime doctor tells more"));
    if (begun) cancel(std::to_string(number));  // what is still being said is of no use to anybody
  }
}

void Core::fail(Number number, const Error& error) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  const std::shared_ptr<Exchange> exchange = found->second;
  exchanges_.erase(found);
  if (exchange->handler) exchange->handler(Value(), &error);
}

void Core::fail_waiting(const Error& error) {
  std::vector<Number> waiting;
  for (const auto& [number, exchange] : exchanges_) {
    if (!exchange->control) waiting.push_back(number);
  }
  for (Number number : waiting) fail(number, error);
}

std::size_t Core::pending() const {
  return static_cast<std::size_t>(std::count_if(exchanges_.begin(), exchanges_.end(),
                                                [](const auto& one) { return !one.second->control; }));
}

void Core::cancel(const std::string& id) {
  const auto found = exchanges_.find(number_of(id));
  if (found != exchanges_.end() && !found->second->sent) {
    found->second->taken_back = true;
    return;
  }
  Cancel cancel;
  cancel.target = id;
  if (!id.empty()) post(cancel);
}

void Core::report_frame(double ms, double target_ms) {
  BudgetReport report;
  report.target_ms = target_ms;
  if (frames_.add(ms, report.frame_ms) && connected()) post(report);
}

void Core::listen(const std::string& world, std::function<void(const Event&)> callback, bool speech) {
  Known& known = worlds_[world];
  const bool wanted = callback != nullptr, before = known.listener != nullptr, louder = speech != known.speech;
  known.listener = std::move(callback);
  known.speech = speech;
  Unsubscribe unsubscribe;
  unsubscribe.world = world;
  if (wanted && (!before || louder)) ask(subscription(world, speech), options.request_seconds, nullptr);
  if (!wanted && before) post(unsubscribe);
}

}  // namespace npc
