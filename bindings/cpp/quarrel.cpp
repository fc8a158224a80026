// Characters who argue, and whoever steps in.
#include "handles.hpp"

namespace npc {
namespace {

/// The longest argument that the protocol knows of: how long a resumed one takes is not told.
constexpr double longest_argument = 3600.0;

}  // namespace

struct Quarrel::State : std::enable_shared_from_this<Quarrel::State> {
  std::shared_ptr<Core> core;
  std::string world;
  std::string request;
  std::string argument;
  std::optional<std::vector<std::string>> heard_by;
  SceneTurn turn;
  bool by_hand = false;
  bool cancelled = false;
  bool over = false;
  std::vector<std::function<void(const Error*)>> at_start;
  std::function<void(const ArgueStarted&)> on_started;
  std::function<void(const SceneTurn&)> on_turn;
  std::function<void(const SceneTurn&, const ReplySentence&)> on_sentence;
  std::function<void(const Line&)> on_line;
  std::function<void(const ArgueEscalated&)> on_escalated;
  std::function<void(const ArgueIntervened&)> on_intervened;
  std::function<void(const ArgueSettled&)> on_end;
  std::function<void(const Error&)> on_error;

  void begin(Value message, double seconds) {
    auto self = shared_from_this();
    request = core->ask(std::move(message), seconds,
                        [self](const Value& answer, const Error* error) { self->take(answer, error); });
  }

  void resume() {
    ArgueResume resume;
    resume.world = world;
    resume.argument = argument;
    resume.heard_by = heard_by;
    begin(to_value(resume), longest_argument);
  }

  void heard(const std::string& reply) {
    Heard message;
    message.world = world;
    message.reply = reply;
    core->post(message);
  }

  /// Does it at once, or as soon as the argument has a name.
  void when_started(std::function<void(const Error*)> work) {
    if (argument.empty() && !over) {
      at_start.push_back(std::move(work));
    } else {
      work(nullptr);
    }
  }

  void start_over(const Error* error) {
    std::vector<std::function<void(const Error*)>> waiting;
    waiting.swap(at_start);
    for (const auto& work : waiting) work(error);
  }

  void take(const Value& message, const Error* error) {
    if (error != nullptr) return fail(*error);
    const bool understood = take_line(message) || take_course(message) ||
                            when<ArgueSettled>(message, [this](const ArgueSettled& settled) {
                              over = true;
                              call(on_end, settled);
                            });
    if (!understood && is_last(message)) fail(unreadable(message));
  }

  bool take_line(const Value& message) {
    return when<ReplySentence>(message, [this](const ReplySentence& sentence) { call(on_sentence, turn, sentence); }) ||
           when<SceneTurn>(message, [this](const SceneTurn& next) {
             turn = next;
             call(on_turn, next);
           }) ||
           when<ReplyEnd>(message, [this](const ReplyEnd& end) {
             call(on_line, Line{turn, end});
             // Not sentence by sentence: what is heard of a line lets the next turn come.
             if (!by_hand && end.finish != FinishReason::cancelled) heard(end.reply);
           });
  }

  bool take_course(const Value& message) {
    return when<ArgueStarted>(message, [this](const ArgueStarted& started) {
             argument = started.argument;
             call(on_started, started);
             start_over(nullptr);
           }) ||
           when<ArgueEscalated>(message, [this](const ArgueEscalated& hotter) { call(on_escalated, hotter); }) ||
           when<ArgueIntervened>(message, [this](const ArgueIntervened& by) { call(on_intervened, by); });
  }

  void fail(const Error& error) {
    if (error.code == code::no_session && !argument.empty() && !cancelled) return resume();
    over = true;
    start_over(&error);
    call(on_error, error);
  }
};

Quarrel& Quarrel::on_started(std::function<void(const ArgueStarted&)> callback) {
  state_->on_started = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_turn(std::function<void(const SceneTurn&)> callback) {
  state_->on_turn = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_sentence(std::function<void(const SceneTurn&, const ReplySentence&)> callback) {
  state_->on_sentence = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_line(std::function<void(const Line&)> callback) {
  state_->on_line = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_escalated(std::function<void(const ArgueEscalated&)> callback) {
  state_->on_escalated = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_intervened(std::function<void(const ArgueIntervened&)> callback) {
  state_->on_intervened = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_end(std::function<void(const ArgueSettled&)> callback) {
  state_->on_end = std::move(callback);
  return *this;
}

Quarrel& Quarrel::on_error(std::function<void(const Error&)> callback) {
  state_->on_error = std::move(callback);
  return *this;
}

Quarrel& Quarrel::by_hand() {
  state_->by_hand = true;
  return *this;
}

void Quarrel::heard(const std::string& reply) { state_->heard(reply); }

void Quarrel::intervene(const std::string& from, const std::string& text, Callback<ArgueIntervened> callback) {
  const auto state = state_;
  state->when_started([state, from, text, callback = std::move(callback)](const Error* error) {
    if (error != nullptr) {
      Result<ArgueIntervened> result;
      result.error = *error;
      return call(callback, result);
    }
    ArgueIntervene message;
    message.world = state->world;
    message.argument = state->argument;
    message.from = from;
    message.text = text;
    ask(*state->core, message, callback);
  });
}

void Quarrel::stop(Callback<Done> callback) {
  const auto state = state_;
  state->when_started([state, callback = std::move(callback)](const Error* error) {
    if (error != nullptr) {
      Result<Done> result;
      result.error = *error;
      return call(callback, result);
    }
    ArgueStop message;
    message.world = state->world;
    message.argument = state->argument;
    ask(*state->core, message, callback);
  });
}

void Quarrel::cancel() {
  if (state_->over || state_->cancelled) return;
  state_->cancelled = true;
  state_->core->cancel(state_->request);
}

const std::string& Quarrel::id() const { return state_->argument; }

bool Quarrel::over() const { return state_->over; }

Quarrel World::argue(ArgueStart start) {
  start.world = id_;
  auto state = std::make_shared<Quarrel::State>();
  state->core = core_;
  state->world = id_;
  state->heard_by = start.heard_by;
  // While a line waits to be heard, the daemon has nothing to say.
  state->begin(to_value(start), core_->options.reply_seconds + start.limits.seconds);
  return Quarrel(state);
}

Quarrel World::resume(const std::string& argument) {
  auto state = std::make_shared<Quarrel::State>();
  state->core = core_;
  state->world = id_;
  state->argument = argument;
  state->resume();
  return Quarrel(state);
}

}  // namespace npc
