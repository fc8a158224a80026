// A line that was said, and what is answered to it.
#include <algorithm>

#include "handles.hpp"

namespace npc {
namespace {

/// Added to the time that the daemon gives itself.
constexpr double margin_seconds = 10.0;

}  // namespace

struct Reply::State {
  std::shared_ptr<Core> core;
  std::string world;
  std::string request;
  std::string reply;
  bool by_hand = false;
  bool cancelled = false;
  bool over = false;
  std::int64_t taken = 0;  // sentences whose callback has returned
  std::function<void(const ReplyStart&)> on_start;
  std::function<void(const ReplySentence&)> on_sentence;
  std::function<void(const ReplyDelta&)> on_delta;
  std::function<void(const ReplyAction&)> on_action;
  std::function<void(const ReplyEnd&)> on_end;
  std::function<void(const ReplyNone&)> on_silence;
  std::function<void(const Error&)> on_error;

  void heard(std::optional<std::int64_t> sentences) {
    Heard message;
    message.world = world;
    message.reply = reply;
    message.upto = sentences;
    if (!reply.empty()) core->post(message);
  }

  /// Says it where the game does not, and has shown something of the line.
  void tell_heard(std::optional<std::int64_t> sentences) {
    if (!by_hand && (on_sentence || on_delta || on_end)) heard(sentences);
  }

  void take(const Value& message, const Error* error) {
    if (error != nullptr) return fail(*error);
    const bool understood = take_piece(message) || when<ReplyEnd>(message, [this](const ReplyEnd& end) { finish(end); }) ||
                            when<ReplyNone>(message, [this](const ReplyNone& silence) {
                              over = true;
                              call(on_silence, silence);
                            });
    if (!understood && is_last(message)) fail(unreadable(message));
  }

  /// What comes ahead of the last message; nothing of it is shown once the player has walked away.
  bool take_piece(const Value& message) {
    return when<ReplyDelta>(message, [this](const ReplyDelta& delta) {
             if (!cancelled) call(on_delta, delta);
           }) ||
           when<ReplySentence>(message, [this](const ReplySentence& sentence) {
             if (cancelled) return;
             reply = sentence.reply;
             call(on_sentence, sentence);
             if (on_sentence || on_delta) taken = sentence.index + 1;
           }) ||
           when<ReplyStart>(message, [this](const ReplyStart& start) {
             if (cancelled) return;
             reply = start.reply;
             call(on_start, start);
           }) ||
           when<ReplyAction>(message, [this](const ReplyAction& action) {
             if (!cancelled) call(on_action, action);
           });
  }

  void finish(const ReplyEnd& end) {
    over = true;
    reply = end.reply;
    call(on_end, end);
    // Once, at the end: each `heard` that adds something makes a memory of its own.
    if (cancelled) {
      tell_heard(taken);
    } else if (!end.text.empty()) {
      tell_heard(std::nullopt);
    }
  }

  void fail(const Error& error) {
    over = true;
    call(on_error, error);
    if (taken > 0) tell_heard(taken);  // of a line that broke off
  }
};

Reply begin_reply(const std::shared_ptr<Core>& core, const Say& line) {
  auto state = std::make_shared<Reply::State>();
  state->core = core;
  state->world = line.world;
  const double seconds = std::max(core->options.reply_seconds, line.deadline.value_or(0) + margin_seconds);
  state->request = core->ask(to_value(line), seconds,
                             [state](const Value& message, const Error* error) { state->take(message, error); });
  return Reply(state);
}

Reply& Reply::on_start(std::function<void(const ReplyStart&)> callback) {
  state_->on_start = std::move(callback);
  return *this;
}

Reply& Reply::on_sentence(std::function<void(const ReplySentence&)> callback) {
  state_->on_sentence = std::move(callback);
  return *this;
}

Reply& Reply::on_delta(std::function<void(const ReplyDelta&)> callback) {
  state_->on_delta = std::move(callback);
  return *this;
}

Reply& Reply::on_action(std::function<void(const ReplyAction&)> callback) {
  state_->on_action = std::move(callback);
  return *this;
}

Reply& Reply::on_end(std::function<void(const ReplyEnd&)> callback) {
  state_->on_end = std::move(callback);
  return *this;
}

Reply& Reply::on_silence(std::function<void(const ReplyNone&)> callback) {
  state_->on_silence = std::move(callback);
  return *this;
}

Reply& Reply::on_error(std::function<void(const Error&)> callback) {
  state_->on_error = std::move(callback);
  return *this;
}

Reply& Reply::by_hand() {
  state_->by_hand = true;
  return *this;
}

void Reply::heard(std::int64_t sentences) { state_->heard(sentences); }

void Reply::cancel() {
  if (state_->over || state_->cancelled) return;
  state_->cancelled = true;
  state_->core->cancel(state_->request);
}

void Reply::result(bool done, const std::string& reason, Callback<WorldPerceived> callback) {
  ActionResult message;
  message.done = done;
  message.reason = reason;
  result(std::move(message), std::move(callback));
}

void Reply::result(ActionResult message, Callback<WorldPerceived> callback) {
  message.world = state_->world;
  message.reply = state_->reply;
  ask(*state_->core, message, std::move(callback));
}

const std::string& Reply::request() const { return state_->request; }

const std::string& Reply::id() const { return state_->reply; }

bool Reply::over() const { return state_->over; }

}  // namespace npc
