// Finding the daemon, or starting one, and the socket to it.
#include <zmq.h>

#include <algorithm>
#include <cstring>

#include "core.hpp"

namespace npc {
namespace {

constexpr const char* user = "npc-runtime";
/// What is shown where there is no token: ZeroMQ has no empty passwords.
constexpr const char* no_token = "-";
constexpr double look_seconds = 0.25;
constexpr double longest_pause = 30.0;
/// Handshakes that end without a reason before that is one: a daemon that stops ends one or two.
constexpr int broken_off_often = 3;
constexpr int watched_events = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

void text_option(void* socket, int option, const std::string& text) {
  zmq_setsockopt(socket, option, text.data(), text.size());
}

}  // namespace

void Core::seek() {
  if (phase_ == Phase::refused || now_ < next_look_) return;
  next_look_ = now_ + look_seconds;
  Endpoint found;
  if (!options.endpoint.empty()) {
    found.endpoint = options.endpoint;
    connect(found);
  } else if (find_daemon(options.data_dir, found)) {
    launched_ = false;
    connect(found);
  } else if (options.start) {
    launch();
  } else {
    trouble(local_error(code::not_found, "no daemon serves the data folder " + options.data_dir,
                        "start one: npc-runtime serve --data-dir " + options.data_dir),
            false);
  }
}

void Core::launch() {
  if (launched_ && launcher_.running()) {
    if (now_ < launch_due_) return;
    trouble(local_error(code::deadline, "the daemon is not ready yet:\n" + launcher_.last_words(),
                        "name a smaller model, or set start_seconds to wait longer"),
            true);
    return;
  }
  if (!launched_ && launcher_.running()) return;  // it serves no more, and has not ended yet
  std::string why;
  if (launched_) {
    launched_ = false;
    why = "the daemon ended before it was ready:\n" + launcher_.last_words();
  } else if (launcher_.start(options.command, options.data_dir, options.arguments, why)) {
    launched_ = true;
    launch_due_ = now_ + options.start_seconds;
    return;
  }
  next_look_ = now_ + launch_pause_;
  launch_pause_ = std::min(2 * launch_pause_, longest_pause);
  trouble(local_error(code::internal, why, "put the folder npc-runtime beside the game, or name what starts it as options.command"), true);
}

void Core::connect(const Endpoint& found) {
  if (context_ == nullptr) context_ = zmq_ctx_new();
  endpoint_ = found;
  socket_ = zmq_socket(context_, ZMQ_DEALER);
  if (socket_ == nullptr) return;
  const int none = 0, ipv6 = found.endpoint.find('[') != std::string::npos ? 1 : 0;
  zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
  zmq_setsockopt(socket_, ZMQ_IPV6, &ipv6, sizeof ipv6);
  std::string why;
  if (!show_credentials(why)) {
    drop_socket();
    next_look_ = now_ + longest_pause;
    trouble(local_error(code::unauthorized, why, "name the file that npc-runtime keys add wrote as options.key_file"), true);
    return;
  }
  const std::string watch = "inproc://npc-monitor-" + std::to_string(++monitors_);
  zmq_socket_monitor(socket_, watch.c_str(), watched_events);
  monitor_ = zmq_socket(context_, ZMQ_PAIR);
  zmq_setsockopt(monitor_, ZMQ_LINGER, &none, sizeof none);
  zmq_connect(monitor_, watch.c_str());
  if (zmq_connect(socket_, found.endpoint.c_str()) != 0) {
    trouble(local_error(code::invalid, "\"" + found.endpoint + "\" is no address: " + zmq_strerror(zmq_errno())), true);
    drop_socket();
    next_look_ = now_ + longest_pause;
    return;
  }
  greet();
}

/// A key where one is given, or where a daemon of this machine asks for one; else the token.
bool Core::show_credentials(std::string& why) {
  keyed_ = !options.key_file.empty() || !endpoint_.server_key.empty();
  if (!keyed_) {
    const std::string token = options.token.empty() ? read_token(options.data_dir) : options.token;
    text_option(socket_, ZMQ_PLAIN_USERNAME, user);
    text_option(socket_, ZMQ_PLAIN_PASSWORD, token.empty() ? no_token : token);
    return true;
  }
  Key key;
  if (zmq_has("curve") == 0) {
    why = "this libzmq was built without CURVE, so no key can be shown";
    return false;
  }
  const bool given = !options.key_file.empty();
  if (!(given ? read_key(options.key_file, key, why) : read_local_key(options.data_dir, key, why))) return false;
  text_option(socket_, ZMQ_CURVE_SERVERKEY, key.server);
  text_option(socket_, ZMQ_CURVE_PUBLICKEY, key.own_public);
  text_option(socket_, ZMQ_CURVE_SECRETKEY, key.own_secret);
  return true;
}

void Core::drop_socket() {
  if (socket_ != nullptr) zmq_socket_monitor(socket_, nullptr, 0);
  if (monitor_ != nullptr) zmq_close(monitor_);
  if (socket_ != nullptr) zmq_close(socket_);
  socket_ = monitor_ = nullptr;
}

/// Most libraries say nothing of a wrong token, and of a connection that broke: the monitor of the socket does.
void Core::watch_socket() {
  while (monitor_ != nullptr) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, monitor_, ZMQ_DONTWAIT) < 0) {
      zmq_msg_close(&part);
      return;
    }
    std::uint16_t event = 0;
    if (zmq_msg_size(&part) >= sizeof event) std::memcpy(&event, zmq_msg_data(&part), sizeof event);
    const bool more = zmq_msg_more(&part) != 0;
    zmq_msg_close(&part);
    if (more) {
      zmq_msg_init(&part);
      zmq_msg_recv(&part, monitor_, ZMQ_DONTWAIT);  // the address
      zmq_msg_close(&part);
    }
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH || event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) {
      refused();
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
      // Both sides see that they want different credentials, and whoever sees it first breaks off without a word.
      if (++broken_off_ >= broken_off_often) refused();
    } else if (event == ZMQ_EVENT_DISCONNECTED) {
      gone();
    }
  }
}

void Core::refused() {
  const std::string where = "the daemon at " + endpoint_.endpoint;
  broken_off_ = 0;
  trouble(keyed_ ? local_error(code::unauthorized, where + " does not take this key",
                               "it was removed, or is another daemon's: npc-runtime keys list shows them on its machine")
                 : local_error(code::unauthorized, where + " does not take the token",
                               "it is the content of the file `token` in the daemon's data folder: name that folder; to "
                               "another machine it needs options.key_file"),
          true);
  gone();
  next_look_ = now_ + 1;
}

void Core::trouble(const Error& error, bool all_fail) {
  if (all_fail) fail_waiting(error);
  if (told_ == error.message) return;
  told_ = error.message;
  if (on_trouble) on_trouble(error);
}

}  // namespace npc
