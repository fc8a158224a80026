// Plays a game against a real daemon, for a test that reads what it writes: play DATA_FOLDER [COMMAND ...]
// or, with a key: play --key FILE ENDPOINT; or play --program, which tells what program would be started
// With --launch in the place of the command the program is looked for.
//
// With a command it starts a daemon itself. The steps are named on standard input, one a line; each says `ok` or what is
// wrong. `poll` is called every 5 ms throughout, and the longest call is told at the end: a game's frame must not wait.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "npc_runtime.hpp"
#include "program.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t most_tries = 20;  // which seeds lead somewhere depends on the model

class Play {
 public:
  explicit Play(const npc::Options& options) : runtime_(options), village_(runtime_.open_world("save-1", "hollowmere")) {
    runtime_.on_session([this](const npc::Session& session) {
      ++sessions_;
      std::printf("session again=%d restarted=%d problems=%zu daemon=%s\n", session.again, session.restarted,
                  session.problems.size(), session.welcome.daemon.c_str());
      for (const npc::Error& error : session.problems) show(error);
    });
    runtime_.on_trouble([this](const npc::Error& error) {
      ++troubles_;
      std::printf("trouble %s\n", error.code.c_str());
    });
    village_.on_event([this](const npc::Event& event) {
      if (const auto* said = std::get_if<npc::EventSaid>(&event)) {
        if (said->speaker == "npc:mira") ++remembered_;
        std::string heard_by;
        for (const std::string& who : said->heard_by) heard_by += " " + who;
        std::printf("event.said %s%s: %s\n", said->speaker.c_str(), heard_by.c_str(), said->text.c_str());
      }
      if (std::holds_alternative<npc::EventSpeaking>(event)) std::printf("event.speaking\n");
    }, true);
  }

  bool step(const std::string& line) {
    const std::string name = line.substr(0, line.find(' '));
    const std::string rest = name.size() < line.size() ? line.substr(name.size() + 1) : "";
    if (name == "spawn") return spawn(rest);
    if (name == "say") return say(rest);
    if (name == "walk-away") return walk_away();
    if (name == "quarrel") return quarrel(rest == "break", rest == "intervene");
    if (name == "saves") return saves();
    if (name == "village") return village();
    if (name == "heard-by") return heard_by();
    if (name == "wrong") return wrong();
    if (name == "action") return action();
    if (name == "terms") return terms();
    if (name == "encounter") return encounter();
    if (name == "session") return until([&] { return sessions_ >= std::stoi(rest) && runtime_.connected(); });
    if (name == "lost") return until([this] { return !runtime_.connected(); });
    if (name == "trouble") return until([this] { return troubles_ > 0; }, 20);
    return false;
  }

  double longest() const { return longest_; }

 private:
  static void show(const npc::Error& error) {
    std::printf("error %s: %s (%s)\n", error.code.c_str(), error.message.c_str(), error.hint.c_str());
  }

  bool until(const std::function<bool()>& done, double seconds = 90) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (!done() && Clock::now() < end) {
      const auto before = Clock::now();
      runtime_.poll();
      longest_ = std::max(longest_, std::chrono::duration<double>(Clock::now() - before).count());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return done();
  }

  bool spawn(const std::string& who) {
    bool over = false, fine = false;
    village_.spawn(who, "smithy", [&](const npc::Result<npc::NpcSpawned>& result) {
      over = true;
      fine = result.ok && result.value.npc.npc == "npc:" + who && result.value.npc.at == "place:smithy";
      if (!result) show(result.error);
    });
    return until([&] { return over; }) && fine;
  }

  bool say(const std::string& text) {
    bool over = false, fine = false, started = false, near_said = false;
    int sentences = 0;
    village_.npc("mira").approached_by("player:alex", "Alex",
                                       [&](const npc::Result<npc::NpcNearby>& result) { near_said = result.ok; });
    npc::Reply reply = village_.npc("mira").say("player:alex", text, "Alex");
    reply.on_start([&](const npc::ReplyStart& start) { started = start.emotion != npc::Emotion::unknown; })
        .on_sentence([&](const npc::ReplySentence& said) {
          std::printf("sentence %s\n", said.text.c_str());
          sentences = static_cast<int>(said.index) + 1;
        })
        .on_end([&](const npc::ReplyEnd& end) {
          over = true;
          fine = !end.text.empty() && end.finish == npc::FinishReason::stop;
        })
        .on_error([&](const npc::Error& error) {
          over = true;
          show(error);
        });
    const int before = remembered_;
    if (!until([&] { return over; }) || !fine || !started || !near_said || sentences == 0) return false;
    // Observers are told of a line of hers only once it was heard.
    return until([&] { return remembered_ > before; }, 20);
  }

  bool walk_away() {
    bool over = false, error_came = false;
    npc::Say line;
    line.from = "player:alex";
    line.text = "Tell me everything about the bridge.";
    line.barks = npc::SayBarks::never;
    npc::Reply reply = village_.npc("mira").say(line);
    reply.on_sentence([&](const npc::ReplySentence&) {})
        .on_end([&](const npc::ReplyEnd&) { over = true; })
        .on_error([&](const npc::Error& error) {
          over = true;
          error_came = error.code == npc::code::cancelled;
        });
    until([] { return false; }, 0.02);
    reply.cancel();
    if (!until([&] { return over; }) || !reply.over()) return false;
    bool unsent_over = false;
    npc::Reply unsent = village_.npc("mira").say(line);
    unsent.on_error([&](const npc::Error& error) { unsent_over = error.code == npc::code::cancelled; });
    unsent.cancel();
    return until([&] { return unsent_over; });
  }

  bool quarrel(bool breaks, bool steps_in) {
    bool over = false, fine = false, intervened = false;
    int lines = 0;
    npc::Quarrel quarrel = village_.argue({"mira", "tom"}, "the stolen hammer");
    quarrel.on_started([&](const npc::ArgueStarted& started) {
             std::printf("started %s turns=%d\n", started.argument.c_str(), static_cast<int>(started.turns));
           })
        .on_line([&](const npc::Line& line) {
          ++lines;
          std::printf("line %d %s: %s\n", static_cast<int>(line.turn.turn), line.turn.npc.c_str(), line.end.text.c_str());
          if (breaks && lines == 2) {
            std::printf("break\n");
            std::fflush(stdout);
          }
        })
        .on_end([&](const npc::ArgueSettled& settled) {
          over = true;
          fine = settled.unheard == 0 && settled.outcome.kind != npc::OutcomeInfoKind::unknown;
          std::printf("settled %s turns=%d unheard=%d\n", npc::to_string(settled.outcome.kind),
                      static_cast<int>(settled.turns), static_cast<int>(settled.unheard));
        })
        .on_error([&](const npc::Error& error) {
          over = true;
          show(error);
        });
    if (steps_in) {
      village_.move("player:alex", "smithy");
      quarrel.intervene("player:alex", "Tom, give it back and Mira will forgive you.",
                        [&](const npc::Result<npc::ArgueIntervened>& result) {
                          intervened = result.ok && result.value.kind != npc::ArgueIntervenedKind::unknown;
                          if (!result) show(result.error);
                        });
    }
    return until([&] { return over; }, 110) && fine && lines > 0 && (!steps_in || intervened);
  }

  bool saves() {
    bool over = false, fine = true;
    village_.save("slot 1", [&](const npc::Result<npc::SaveCreated>& result) { fine = fine && result.ok; });
    village_.event("Tom stole the hammer.", "smithy", "npc:tom", [&](const npc::Result<npc::WorldPerceived>& result) {
      fine = fine && result.ok && !result.value.perceived.empty();
      if (!result) show(result.error);
    });
    village_.set("weather", "rain", "world", [&](const npc::Result<npc::Done>& result) { fine = fine && result.ok; });
    village_.advance("2h", [&](const npc::Result<npc::WorldTime>& result) { fine = fine && result.ok; });
    village_.restore("slot 1", [&](const npc::Result<npc::SaveRestored>& result) {
      over = true;
      fine = fine && result.ok;
      if (!result) show(result.error);
    });
    return until([&] { return over; }) && fine;
  }

  bool village() {
    npc::WorldOpen open;
    open.world = "own";
    open.village = npc::VillageDefinition{"Elmford", "A ford, and a mill.", "en"};
    npc::World own = runtime_.open_world(open);
    int done = 0;
    const auto count = [&](const npc::Result<npc::Done>& result) {
      done += result.ok;
      if (!result) show(result.error);
    };
    own.define_places({{"mill", {{"name", "the mill"}}}}, count);
    own.define_npcs({{"ada", {{"name", "Ada"}, {"role", "miller"}, {"place", "mill"},
                              {"traits", npc::Value::Array{"curious"}}, {"facts", npc::Value::Array{"You grind rye."}}}}},
                    count);
    bool over = false, fine = false;
    own.spawn("ada").say("player:Steve Smith", "Good day!").on_end([&](const npc::ReplyEnd& end) {
      over = true;
      fine = end.npc == "npc:ada" && !end.text.empty();
    }).on_error([&](const npc::Error& error) {
      over = true;
      show(error);
    });
    return until([&] { return over; }) && fine && done == 2;
  }

  /// Who hears it wherever they are; and what becomes of an action that nobody proposed.
  bool heard_by() {
    npc::Say line;
    line.from = "player:alex";
    line.text = "The bridge fell last night.";
    line.heard_by = std::vector<std::string>{"tom"};
    bool over = false, refused = false;
    npc::Reply reply = village_.npc("mira").say(line);
    reply.on_end([&](const npc::ReplyEnd&) { over = true; });
    if (!until([&] { return over; })) return false;
    reply.result(true, "", [&](const npc::Result<npc::WorldPerceived>& result) {
      refused = !result.ok;
      show(result.error);
    });
    return until([&] { return refused; });
  }

  /// She proposes an action, under some seed; the game refuses it, and whoever heard the reply remembers that.
  bool action() {
    npc::Say line;
    line.from = "player:Steve Smith";
    line.text = "May I have some bread?";
    line.max_tokens = 8;
    line.actions.resize(1);
    line.actions[0].name = "give";
    line.actions[0].when = "asks for bread";
    line.actions[0].args = {{"item:minecraft:bread"}, {"player:Steve Smith"}};
    bool proposed = false, over = false;
    int answers = 0;
    for (std::int64_t seed = 0; !proposed && seed < most_tries; ++seed) {
      line.seed = seed;
      over = false;
      npc::Reply reply = village_.npc("mira").say(line);
      reply.on_action([&](const npc::ReplyAction& action) {
             proposed = true;
             std::printf("proposed %s %s %s\n", action.name.c_str(), action.args[0].c_str(), action.args[1].c_str());
           })
          .on_end([&](const npc::ReplyEnd&) { over = true; });
      if (!until([&] { return over; })) return false;
      if (!proposed) continue;
      reply.result(false, "none are left", [&](const npc::Result<npc::WorldPerceived>& told) {
        ++answers;
        for (const npc::PerceivedInfo& one : told.value.perceived) std::printf("perceived %s: %s\n", one.npc.c_str(), one.text.c_str());
      });
      reply.result(true, "", [&](const npc::Result<npc::WorldPerceived>& again) {
        ++answers;
        std::printf("again %s\n", again.error.code.c_str());
      });
    }
    return proposed && until([&] { return answers == 2; });
  }

  /// Tom gives in, under some seed, and what Mira asked for comes as the game carries it out.
  bool terms() {
    npc::ArgueStart start;
    start.between = {"mira", "tom"};
    start.about = "the stolen hammer";
    start.stakes = 0.1;
    start.parties.resize(1);
    start.parties[0].npc = "mira";
    start.parties[0].grievance = "Tom stole your hammer";
    start.parties[0].demand = "give it back";
    start.parties[0].amends = npc::ProposedAction{"give", {"item:hammer", "npc:mira"}};
    for (std::int64_t seed = 0; seed < most_tries; ++seed) {
      start.seed = seed;
      std::optional<npc::AgreementInfo> agreed;
      npc::Quarrel quarrel = village_.argue(start);
      quarrel.on_end([&](const npc::ArgueSettled& settled) { agreed = settled.outcome.agreed; });
      if (!until([&] { return quarrel.over(); })) return false;
      if (!agreed || agreed->kind != npc::AgreementInfoKind::whole) continue;
      std::printf("agreed %s %s %s\n", agreed->by.value_or("").c_str(), agreed->to.value_or("").c_str(), agreed->demand.c_str());
      if (!agreed->action) return false;
      std::printf("carried %s %s %s\n", agreed->action->name.c_str(), agreed->action->args[0].c_str(), agreed->action->args[1].c_str());
      return true;
    }
    return false;
  }

  bool wrong() {
    bool over = false, fine = false;
    village_.spawn("mria", "", [&](const npc::Result<npc::NpcSpawned>& result) {
      over = true;
      fine = !result.ok && result.error.code == npc::code::not_found && !result.error.hint.empty();
      show(result.error);
    });
    return until([&] { return over; }) && fine;
  }

  bool encounter() {
    bool over = false, fine = false;
    npc::EncounterStart start;
    start.world = village_.id();
    start.between = {"mira", "tom"};
    start.quiet = true;
    runtime_.stream<npc::EncounterStart>(
        start,
        [&](const npc::EncounterStart::Message& message) {
          if (const auto* end = std::get_if<npc::EncounterEnded>(&message)) {
            over = true;
            fine = end->reason != npc::EncounterReason::unknown;
          }
        },
        [&](const npc::Error& error) {
          over = true;
          show(error);
        });
    return until([&] { return over; }) && fine;
  }

  npc::Runtime runtime_;
  npc::World village_;
  int sessions_ = 0;
  int remembered_ = 0;
  int troubles_ = 0;
  double longest_ = 0;
};

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  if (std::strcmp(words[1], "--program") == 0) {
    std::string program, why;
    const bool found = npc::find_program(program, why);
    std::printf("%s\n", (found ? program : why).c_str());
    return 0;
  }
  npc::Options options;
  const bool keyed = count == 4 && std::strcmp(words[1], "--key") == 0;
  if (keyed) {
    options.key_file = words[2];
    options.endpoint = words[3];
  } else {
    options.data_dir = words[1];
  }
  options.start = count > 2 && !keyed;
  options.request_seconds = 30;  // the machine of a test may be busy
  if (options.start) {
    if (std::strcmp(words[2], "--launch") != 0) options.command.assign(words + 2, words + count);
    options.arguments = {"--model", "none.gguf", "--embedding", "off"};
  }
  Play play(options);
  char line[4096];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    line[std::strcspn(line, "\n")] = '\0';
    std::printf("%s\n", play.step(line) ? "ok" : "failed");
    std::fflush(stdout);
  }
  std::printf("longest poll %.1f ms\n", play.longest() * 1000);
}
