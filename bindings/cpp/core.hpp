// The machine behind `Runtime`: socket, session, and who waits for what. Games do not include this.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "frames.hpp"
#include "launcher.hpp"
#include "npc_runtime.hpp"

namespace npc {

/// An error of this client itself.
Error local_error(const char* code, const std::string& message, const std::string& hint = "");

/// An id with its kind, which a game may leave out. Others may have colons too: `npc:minecraft:villager`.
std::string whole_npc_id(const std::string& id);

/// The request for the events of a world.
Value subscription(const std::string& world, bool speech);

template <class Type>
bool is(const Value& message) {
  return message.text_of("type") == Type::type;
}

/// The message as one of a type. False where it is another, or cannot be read.
template <class Type>
bool as(const Value& message, Type& out) {
  std::string why;
  return is<Type>(message) && from_value(message, out, why);
}

/// Hands the message on where it is of a type. False where it is not, or cannot be read.
template <class Type, class Work>
bool when(const Value& message, const Work& work) {
  if (!is<Type>(message)) return false;
  Type read;
  std::string why;
  if (!from_value(message, read, why)) return false;
  work(read);
  return true;
}

/// Whether nothing comes behind the message.
bool is_last(const Value& message);
/// For a last message that says nothing that this client knows.
Error unreadable(const Value& message);

/// Gets each message that a request is answered by; or, as the last, what went wrong.
using Handler = std::function<void(const Value& message, const Error* error)>;

class Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(Options given) : options(std::move(given)) {}
  ~Core() { close(); }

  const Options options;
  Welcome welcome;
  std::function<void(const Session&)> on_session;
  std::function<void(const Error&)> on_trouble;

  void poll();
  void close();
  bool connected() const { return phase_ == Phase::open; }
  std::size_t pending() const;

  /// Sends a request as soon as there is a session; gives back its id. `seconds` of silence are too much.
  std::string ask(Value request, double seconds, Handler handler);
  /// The same, for one with a single answer that the game may not care for.
  template <class Request>
  void post(const Request& request) {
    ask(to_value(request), options.request_seconds, nullptr);
  }
  void cancel(const std::string& id);
  void report_frame(double ms, double target_ms);
  void listen(const std::string& world, std::function<void(const Event&)> callback, bool speech);

 private:
  enum class Phase { seeking, greeting, open, refused };

  struct Exchange {
    Value request;
    std::string type;
    Handler handler;
    double patience = 0;
    double due = 0;
    bool sent = false;
    bool answered = false;
    bool taken_back = false;
    /// Belongs to one connection: never sent again.
    bool control = false;
  };
  using Number = std::uint64_t;

  struct Known {
    Value open;  // the request that opened it
    bool subscribed = false;
    bool speech = false;
    std::set<std::string> npcs;
    std::function<void(const Event&)> listener;
  };

  // Finding the daemon.
  void seek();
  void launch();
  void connect(const Endpoint& found);
  bool show_credentials(std::string& why);
  void refused();
  void drop_socket();
  void watch_socket();
  void look_again();
  void trouble(const Error& error, bool fail_waiting);

  // The session.
  void greet();
  void begin(const Welcome& fresh);
  void redo(Value request);
  void redone();
  void lost();
  void gone();
  void beat();

  // Messages.
  Number add(Value request, double seconds, Handler handler, bool control);
  bool send(Exchange& exchange);
  void flush();
  void receive();
  void dispatch(const Value& message);
  void note(const Exchange& exchange, const Value& message);
  void time_out();
  void fail(Number number, const Error& error);
  void fail_waiting(const Error& error);

  Phase phase_ = Phase::seeking;
  bool closed_ = false;
  void* context_ = nullptr;
  void* socket_ = nullptr;
  void* monitor_ = nullptr;
  int monitors_ = 0;
  Endpoint endpoint_;
  bool keyed_ = false;
  int broken_off_ = 0;
  Launcher launcher_;
  bool launched_ = false;
  double launch_due_ = 0;
  double launch_pause_ = 1;
  std::string told_;

  std::chrono::steady_clock::time_point last_poll_{};
  double now_ = 0;
  double next_look_ = 0;
  double hello_due_ = 0;
  double next_ping_ = 0;
  double pong_due_ = 0;
  double pong_last_ = 0;
  bool pinged_ = false;

  bool had_session_ = false;
  Session session_;
  int redoing_ = 0;
  bool telling_ = false;
  bool losing_ = false;

  Frames frames_;
  Number numbers_ = 0;
  std::map<Number, std::shared_ptr<Exchange>> exchanges_;
  std::deque<Number> queue_;
  std::deque<Number> first_;  // goes out ahead of the queue when the next session begins
  std::map<std::string, Known> worlds_;
};

}  // namespace npc
