// NPC Runtime for C++17: characters that think, from a daemon on this machine.
//
//     npc::Options options;
//     options.data_dir = "saves/npc";
//     npc::Runtime runtime(options);
//     npc::Npc mira = runtime.open_world("save-1", "hollowmere").spawn("mira");
//     mira.say("player:alex", "What do you sell?").on_sentence([](const npc::ReplySentence& said) { show(said.text); });
//     while (game_runs()) runtime.poll();
//
// Everything is called on one thread, the game's. No call waits for the daemon: answers come as callbacks out of `poll()`.
// Nothing is thrown: what fails says so in an `Error`, whose `message` and `hint` are sentences for whoever wrote the mod.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages.hpp"

namespace npc {

/// What to connect to, and how patiently.
struct Options {
  /// The daemon's data folder, where memories are kept: one of the game's own.
  std::string data_dir;
  /// Starts a daemon where none serves the folder; it ends with the runtime, and with this process at the latest.
  bool start = true;
  /// How a daemon is started: the program, and words before `serve`. Empty: what the variable NPC_RUNTIME names, else the
  /// program in a folder `npc-runtime` beside the game, else an installed one.
  std::vector<std::string> command;
  /// Further flags for `serve`.
  std::vector<std::string> arguments;
  /// The address of a daemon that is found otherwise; it needs `token` or `key_file`, and none is started.
  std::string endpoint;
  std::string token;
  /// For a daemon on another machine, in place of the token: the file that `npc-runtime keys add` wrote there.
  std::string key_file;
  /// Name and version of the game or mod, for the daemon's log.
  std::string name = "cpp";
  std::string version;
  /// Seconds that a request may wait for its answer, a reply for its next piece, and a daemon for being ready: a large
  /// model takes its time to load.
  double request_seconds = 10.0;
  double reply_seconds = 60.0;
  double start_seconds = 120.0;
};

/// What came of a request: `value` where `ok`, else `error`.
template <class Type>
struct Result {
  bool ok = false;
  Type value{};
  Error error{};
  explicit operator bool() const { return ok; }
};

template <class Type>
using Callback = std::function<void(const Result<Type>&)>;

/// A place or a persona of the game's own: its fields, as in the files of a pack.
using Definition = std::map<std::string, Value>;

/// A session has begun: the first, or another one in place of one that was lost.
struct Session {
  /// False for the first.
  bool again = false;
  /// The daemon was started anew: worlds were opened and characters spawned again.
  bool restarted = false;
  Welcome welcome;
  /// What could not be done again, such as a world whose pack is gone.
  std::vector<Error> problems;
};

class Core;

/// A line, and what is answered to it. A handle: copies mean the same reply. Callbacks that are set behind `say` on the same
/// tick miss nothing. Letting the handle go changes nothing: the reply goes on.
class Reply {
 public:
  /// The face, before the first word.
  Reply& on_start(std::function<void(const ReplyStart&)> callback);
  /// Each complete sentence. When the callback returns, the sentence counts as heard, and at the end of the reply, or when
  /// the player walks away, the daemon is told how many were.
  Reply& on_sentence(std::function<void(const ReplySentence&)> callback);
  /// Runs of text as they come, where the `Say` asked for `Stream::delta`.
  Reply& on_delta(std::function<void(const ReplyDelta&)> callback);
  /// The character proposes one of the actions that were offered. The game decides.
  Reply& on_action(std::function<void(const ReplyAction&)> callback);
  /// The last of a reply, with its whole text.
  Reply& on_end(std::function<void(const ReplyEnd&)> callback);
  /// Nobody answers: the last of a line that was said to all, or into an argument.
  Reply& on_silence(std::function<void(const ReplyNone&)> callback);
  /// Refused, or lost on the way: the last, too.
  Reply& on_error(std::function<void(const Error&)> callback);
  /// The game says itself what was heard, with `heard`: when a voice has really played the sentences.
  Reply& by_hand();

  /// The first so many sentences were heard. Only needed `by_hand`.
  void heard(std::int64_t sentences);
  /// What became of the action that was proposed: whoever heard the reply remembers it. `reason` says why not.
  void result(bool done, const std::string& reason = "", Callback<WorldPerceived> callback = nullptr);
  /// The same in the game's own words (`what`); world and reply are filled in.
  void result(ActionResult result, Callback<WorldPerceived> callback = nullptr);
  /// The player walks away: no sentence comes any more, and none counts as heard. `on_end` comes still.
  void cancel();
  /// Names the reply for `why` and `feedback`; empty before its start.
  const std::string& id() const;
  /// The id of the `say`, which `Runtime::cancel` takes.
  const std::string& request() const;
  bool over() const;

  struct State;
  explicit Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

/// A line of an argument that has been spoken.
struct Line {
  SceneTurn turn;
  ReplyEnd end;
};

/// Characters who argue. A handle, as `Reply` is. An argument that breaks off with its session is taken up again.
class Quarrel {
 public:
  /// Also when it is taken up again; `turns` says how many were taken.
  Quarrel& on_started(std::function<void(const ArgueStarted&)> callback);
  /// Somebody begins to speak.
  Quarrel& on_turn(std::function<void(const SceneTurn&)> callback);
  /// A sentence of the turn.
  Quarrel& on_sentence(std::function<void(const SceneTurn&, const ReplySentence&)> callback);
  /// The whole line. When the callback returns, it counts as heard, and the next turn comes.
  Quarrel& on_line(std::function<void(const Line&)> callback);
  Quarrel& on_escalated(std::function<void(const ArgueEscalated&)> callback);
  /// What somebody said into it takes effect.
  Quarrel& on_intervened(std::function<void(const ArgueIntervened&)> callback);
  /// How it ended: relations have changed, and everybody near remembers it.
  Quarrel& on_end(std::function<void(const ArgueSettled&)> callback);
  /// Refused, or broken off: the last, too.
  Quarrel& on_error(std::function<void(const Error&)> callback);
  /// The game says itself which lines were heard; the next turn waits for it.
  Quarrel& by_hand();

  void heard(const std::string& reply);
  /// A player, or a character who is no party, steps in. Behind the start, or at it where that has not come yet.
  void intervene(const std::string& from, const std::string& text, Callback<ArgueIntervened> callback = nullptr);
  /// Ends it as a stalemate; `on_end` comes.
  void stop(Callback<Done> callback = nullptr);
  /// Breaks it off without an outcome: `on_error` says `cancelled`. It can be resumed.
  void cancel();
  /// Names it in requests; empty before its start.
  const std::string& id() const;
  bool over() const;

  struct State;
  explicit Quarrel(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

/// A character. A handle that can be used at once: the daemon takes requests in their order.
class Npc {
 public:
  Npc(std::shared_ptr<Core> core, std::string world, std::string id);
  const std::string& id() const { return id_; }

  /// Somebody says a line to it: `player:alex`. `name` is how characters call the speaker.
  Reply say(const std::string& from, const std::string& text, const std::string& name = "");
  /// The same, with all that a `say` can hold, such as `heard_by` and `actions`; world and `to` are filled in.
  Reply say(Say line);
  /// A player has come near and may speak soon: its first word then comes sooner. Nothing else comes of it.
  /// (`near` is a macro on Windows.)
  void approached_by(const std::string& player, const std::string& name = "", Callback<NpcNearby> callback = nullptr);
  void move(const std::string& place, Callback<Done> callback = nullptr);
  void despawn(Callback<Done> callback = nullptr);

 private:
  std::shared_ptr<Core> core_;
  std::string world_;
  std::string id_;
};

/// A playthrough. A handle that can be used at once, as `Npc` is.
class World {
 public:
  World(std::shared_ptr<Core> core, std::string id);
  const std::string& id() const { return id_; }

  /// Brings a character of the pack to life; without `at`, where it was, or where its persona is found.
  Npc spawn(const std::string& npc, const std::string& at = "", Callback<NpcSpawned> callback = nullptr);
  /// A character that lives here already.
  Npc npc(const std::string& npc) const;
  /// A line for all who are at the speaker's place: one answers, or nobody.
  Reply say(const std::string& from, const std::string& text, const std::string& name = "");
  Reply say(Say line);
  /// Takes a player or a character to a place. `name` is how characters call a player.
  void move(const std::string& entity, const std::string& place, const std::string& name = "",
            Callback<Done> callback = nullptr);
  /// Something happened: whoever perceives it remembers it.
  void event(WorldEvent event, Callback<WorldPerceived> callback = nullptr);
  void event(const std::string& what, const std::string& at, const std::string& by = "",
             Callback<WorldPerceived> callback = nullptr);
  /// Says what is true of the world, a place or an entity.
  void set(const std::string& name, Value value, const std::string& scope = "world", Callback<Done> callback = nullptr);
  /// Sets the game clock forward: `2d`, `3h 30m`.
  void advance(const std::string& by, Callback<WorldTime> callback = nullptr);
  /// What happens here, from now on and across lost sessions. One listener; null takes it back. With `speech` also what is
  /// being said to other sessions, sentence by sentence: captions for a second screen.
  void on_event(std::function<void(const Event&)> callback, bool speech = false);
  /// Places of the game's own, by id: `{{"mill", {{"name", "the mill"}}}}`. Kept with the world.
  void define_places(std::map<std::string, Definition> places, Callback<Done> callback = nullptr);
  /// Characters of the game's own, who can be spawned then. Those who know each other are defined together.
  void define_npcs(std::map<std::string, Definition> personas, Callback<Done> callback = nullptr);
  void save(const std::string& name, Callback<SaveCreated> callback = nullptr);
  void restore(const std::string& name, Callback<SaveRestored> callback = nullptr);
  /// Characters who are at one place quarrel about something.
  Quarrel argue(const std::vector<std::string>& between, const std::string& about);
  Quarrel argue(ArgueStart start);
  /// Takes up an argument that broke off, or that a save brought along.
  Quarrel resume(const std::string& argument);
  void close(Callback<Done> callback = nullptr);

 private:
  std::shared_ptr<Core> core_;
  std::string id_;
};

/// The connection to the daemon. One for a game; what it hands out must not be used behind its end.
class Runtime {
 public:
  explicit Runtime(Options options);
  /// Ends the session, and the daemon if this runtime started it: that takes a moment.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Hands over what has come, and keeps the session alive. To be called every tick; never waits.
  void poll();

  /// A session has begun, or began again after it was lost. Requests wait for it by themselves.
  void on_session(std::function<void(const Session&)> callback);
  /// No daemon can be reached, and why: shown once for each cause. It is tried again, but for `unsupported_version`.
  void on_trouble(std::function<void(const Error&)> callback);
  /// Whether there is a session now.
  bool connected() const;
  const Welcome& welcome() const;
  /// How many requests have not ended yet, replies and quarrels among them.
  std::size_t pending() const;

  /// Opens or joins a world. `pack` is a bundled pack's name, or a folder; empty: the one that it has.
  World open_world(const std::string& id, const std::string& pack = "", Callback<WorldOpened> callback = nullptr);
  /// The same with all that a `world.open` can hold: `village` in place of a pack, for a game that defines its own.
  World open_world(WorldOpen open, Callback<WorldOpened> callback = nullptr);

  /// Tells how many milliseconds a frame took, and how many it may take; for every frame, since it averages. The model is
  /// held back where it costs frames. Without a session, nobody is told.
  void report_frame(double ms, double target_ms = 1000.0 / 60);

  /// Any request that has one answer. Its id is filled in.
  template <class Request>
  void request(Request request, Callback<typename Request::Answer> callback, double seconds = 0) {
    using Answer = typename Request::Answer;
    ask(to_value(request), false, seconds, [callback = std::move(callback)](const Value& message, const Error* error) {
      if (!callback) return;
      Result<Answer> result;
      if (error != nullptr) {
        result.error = *error;
      } else {
        result.ok = understand(message, result.value, result.error);
      }
      callback(result);
    });
  }

  /// Any request that has many answers, such as `EncounterStart` and `LoreAsk`: `on_message` gets each. Gives back its id,
  /// for `cancel`.
  template <class Request>
  std::string stream(Request request, std::function<void(const typename Request::Message&)> on_message,
                     std::function<void(const Error&)> on_error = nullptr, double seconds = 0) {
    using Message = typename Request::Message;
    return ask(to_value(request), true, seconds,
               [on_message = std::move(on_message), on_error = std::move(on_error)](const Value& message, const Error* error) {
                 Message read;
                 Error wrong;
                 if (error == nullptr && understand_any(message, read, wrong)) {
                   if (on_message) on_message(read);
                 } else if (on_error && (error != nullptr || !wrong.code.empty())) {
                   on_error(error != nullptr ? *error : wrong);
                 }
               });
  }

  /// Takes a request back, by its id.
  void cancel(const std::string& id);

 private:
  template <class Type>
  static bool understand(const Value& message, Type& out, Error& error) {
    std::string why;
    if (message.text_of("type") != Type::type) {
      why = "it was answered by " + message.text_of("type");
    } else if (from_value(message, out, why)) {
      return true;
    }
    error.code = code::internal;
    error.message = "an answer of the daemon cannot be read: " + why;
    error.hint = "do the versions of the daemon and of the mod fit?";
    return false;
  }

  template <class... Types>
  static bool understand_any(const Value& message, std::variant<Types...>& out, Error& error) {
    const std::string type = message.text_of("type");
    return ((type == Types::type && understand(message, out.template emplace<Types>(), error)) || ...);
  }

  std::string ask(Value request, bool streamed, double seconds, std::function<void(const Value&, const Error*)> callback);

  std::shared_ptr<Core> core_;
};

}  // namespace npc
