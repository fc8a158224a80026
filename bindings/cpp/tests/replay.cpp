// Says the client's side of a transcript to whoever plays the daemon: replay TRANSCRIPT ENDPOINT TOKEN
//
// Tells what came of it on standard output, a line each.
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "npc_runtime.hpp"

namespace {

using npc::Value;
using Clock = std::chrono::steady_clock;

class Replay {
 public:
  Replay(const npc::Options& options, const std::string& name)
      : runtime_(options), world_(runtime_.open_world(name, "hollowmere")), name_(name) {}

  bool play() {
    if (name_ == "first-talk") return first_talk();
    if (name_ == "mistakes") return mistakes();
    if (name_ == "lost-session") return lost_session();
    if (name_ == "walking-away") return walking_away();
    if (name_ == "heard-auto") return heard_auto();
    if (name_ == "an-action") return an_action();
    if (name_ == "saves") return saves();
    if (name_ == "events") return events();
    if (name_ == "pages") return pages();
    if (name_ == "sent-again") return clock({Value("2h"), Value("2h"), Value(0)});
    if (name_ == "duplicate") return clock({Value("2h"), Value("3h"), Value(0)}) && nobody();
    if (name_ == "argument") return argument();
    if (name_ == "argument-resumed") return argument_resumed();
    if (name_ == "encounter") return encounter();
    return false;
  }

 private:
  bool until(const std::function<bool()>& done) {
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (!done() && Clock::now() < end) {
      runtime_.poll();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return done();
  }

  template <class Type>
  npc::Callback<Type> told(int& answers) {
    return [&answers](const npc::Result<Type>& result) {
      ++answers;
      std::printf("%s\n", result ? Type::type : result.error.code.c_str());
    };
  }

  void leave_time() {
    const auto end = Clock::now() + std::chrono::milliseconds(300);  // for what is posted without a callback
    until([&] { return Clock::now() > end; });
  }

  npc::Say line(const char* text) {
    npc::Say say;
    say.from = "player:alex";
    say.text = text;
    say.name = "Alex";
    say.seed = 7;
    say.stream = npc::Stream::delta;
    return say;
  }

  bool first_talk() {
    int deltas = 0, sentences = 0;
    bool over = false;
    npc::Reply reply = world_.spawn("mira", "smithy").say(line("Good day! What do you sell?"));
    reply.on_delta([&](const npc::ReplyDelta&) { ++deltas; })
        .on_sentence([&](const npc::ReplySentence& said) {
          ++sentences;
          std::printf("sentence %s\n", said.text.c_str());
        })
        .on_end([&](const npc::ReplyEnd&) { over = true; });
    const bool fine = until([&] { return over; }) && deltas == 1 && sentences == 2;
    leave_time();
    return fine;
  }

  bool mistakes() {
    int answers = 0;
    world_.spawn("mria", "smithy", told<npc::NpcSpawned>(answers));
    world_.spawn("mira", "smithy", told<npc::NpcSpawned>(answers));
    runtime_.request(of_world<npc::WorldAdvance>(), told<npc::WorldTime>(answers));
    world_.advance("30m", told<npc::WorldTime>(answers));
    npc::WorldEvent event;
    event.what = "Tom stole the hammer.";
    event.at = "smithy";
    event.importance = 0.7;
    world_.event(event, [&](const npc::Result<npc::WorldPerceived>& result) {
      ++answers;
      for (const std::string& warning : result.value.warnings) std::printf("%s\n", warning.c_str());
    });
    npc::WorldEvent unseen = event;
    unseen.witnesses = std::vector<std::string>{"tom"};
    world_.event(unseen, told<npc::WorldPerceived>(answers));
    world_.event(event, told<npc::WorldPerceived>(answers));
    return until([&] { return answers == 7; });
  }

  bool lost_session() {
    int answers = 0;
    bool told_event = false, again = false;
    runtime_.on_session([&](const npc::Session& session) { again = again || (session.again && session.restarted); });
    world_.spawn("mira", "smithy", told<npc::NpcSpawned>(answers));
    world_.on_event([&](const npc::Event& event) {
      const auto* spawned = std::get_if<npc::EventNpcSpawned>(&event);
      told_event = told_event || (spawned != nullptr && spawned->npc.npc == "npc:tom");
    });
    runtime_.request(of_world<npc::NpcList>(), told<npc::NpcListing>(answers));
    if (!until([&] { return answers == 2; })) return false;
    world_.spawn("tom", "smithy", told<npc::NpcSpawned>(answers));
    return until([&] { return answers == 3; }) && told_event && again;
  }

  bool walking_away() {
    int deltas = 0, sentences = 0;
    bool over = false;
    npc::Say say = line("Tell me all that you know of this village.");
    say.barks = npc::SayBarks::never;
    say.max_tokens = 200;
    npc::Reply reply = world_.spawn("mira", "smithy").say(say);
    reply
        .on_delta([&](const npc::ReplyDelta&) {
          if (++deltas == 3) reply.cancel();
        })
        .on_sentence([&](const npc::ReplySentence&) { ++sentences; })
        .on_end([&](const npc::ReplyEnd& end) {
          over = true;
          std::printf("%s\n", npc::to_string(end.finish));
        });
    const bool fine = until([&] { return over; }) && sentences == 0;
    runtime_.cancel(reply.request());
    runtime_.cancel("never-sent");
    leave_time();
    return fine;
  }

  bool heard_auto() {
    int answers = 0;
    world_.spawn("mira", "smithy");
    world_.on_event([](const npc::Event& event) {
      if (const auto* said = std::get_if<npc::EventSaid>(&event)) std::printf("said %s\n", said->speaker.c_str());
    });
    npc::Say say = line("Good day! What do you sell?");
    say.stream = npc::Stream::sentence;
    npc::MemoryQuery query = of_world<npc::MemoryQuery>();
    query.npc = "mira";
    query.about = say.text;
    query.limit = 3;
    world_.npc("mira").say(say).by_hand().on_end([&](const npc::ReplyEnd&) {
      runtime_.request(query, [&](const npc::Result<npc::MemoryFound>& found) {
        ++answers;
        std::printf("memories %zu\n", found.value.memories.size());
      });
    });
    return until([&] { return answers == 1; });
  }

  bool an_action() {
    bool over = false;
    npc::Say say;
    say.from = "player:alex";
    say.text = "A loaf, please.";
    say.heard_by = std::vector<std::string>{"npc:tom", "player:Steve Smith"};
    say.actions.resize(1);
    say.actions[0].name = "give";
    say.actions[0].args = {{"item:minecraft:bread"}};
    npc::Reply reply = world_.spawn("mira", "smithy").say(say);
    reply.on_action([&](const npc::ReplyAction& action) {
      std::printf("proposed %s %s\n", action.name.c_str(), action.args[0].c_str());
      reply.result(false, "none are left", [&](const npc::Result<npc::WorldPerceived>& result) {
        over = true;
        std::printf("perceived %s\n", result.value.perceived[0].text.c_str());
      });
    });
    return until([&] { return over && reply.over(); });
  }

  bool saves() {
    int answers = 0;
    world_.spawn("mira", "smithy");
    world_.on_event([](const npc::Event& event) {
      if (std::holds_alternative<npc::EventRestored>(event)) std::printf("event restored\n");
      if (std::holds_alternative<npc::EventNpcDespawned>(event)) std::printf("event despawned\n");
    });
    npc::WorldSet closed = of_world<npc::WorldSet>();
    closed.scope = "place:bridge";
    closed.name = "closed";
    closed.value = Value(true);
    closed.text = "The bridge is closed.";
    runtime_.request(closed, told<npc::Done>(answers));
    world_.save("slot 1", told<npc::SaveCreated>(answers));
    world_.advance("2d", told<npc::WorldTime>(answers));
    world_.npc("mira").despawn(told<npc::Done>(answers));
    world_.set("closed", Value(), "place:bridge", told<npc::Done>(answers));
    npc::SaveBranch branch = of_world<npc::SaveBranch>();
    branch.save = "slot 1";
    branch.copy = "before the feast";
    runtime_.request(branch, told<npc::SaveCreated>(answers));
    runtime_.request(of_world<npc::SaveList>(), told<npc::SaveListing>(answers));
    world_.restore("slot 1", told<npc::SaveRestored>(answers));
    npc::WorldGet get = of_world<npc::WorldGet>();
    get.scope = "place:bridge";
    runtime_.request(get, told<npc::WorldFacts>(answers));
    runtime_.request(of_world<npc::NpcList>(), told<npc::NpcListing>(answers));
    npc::SaveDelete gone = of_world<npc::SaveDelete>();
    gone.save = "before the feast";
    runtime_.request(gone, told<npc::Done>(answers));
    world_.restore("before the feast", told<npc::SaveRestored>(answers));
    return until([&] { return answers == 12; });
  }

  bool events() {
    int answers = 0, happened = 0;
    world_.on_event([&](const npc::Event&) { ++happened; });
    world_.spawn("mira", "smithy", told<npc::NpcSpawned>(answers));
    world_.move("player:alex", "smithy", "Alex", told<npc::Done>(answers));
    world_.event("Tom stole the hammer.", "smithy", "tom", told<npc::WorldPerceived>(answers));
    if (!until([&] { return answers == 3; })) return false;
    world_.on_event(nullptr);
    world_.advance("1h", told<npc::WorldTime>(answers));
    world_.close(told<npc::Done>(answers));
    return until([&] { return answers == 5; }) && happened == 3;
  }

  bool pages() {
    std::size_t personas = 0, places = 0;
    bool over = false;
    npc::PersonaList people = of_world<npc::PersonaList>();
    people.limit = 4;
    npc::PlaceList all = of_world<npc::PlaceList>();
    all.limit = 5;
    std::function<void()> next_places = [&] {
      runtime_.request(all, [&](const npc::Result<npc::PlaceListing>& page) {
        places += page.value.places.size();
        over = !page || !page.value.next;
        if (over) return;
        all.after = *page.value.next;
        next_places();
      });
    };
    std::function<void()> next_people = [&] {
      runtime_.request(people, [&](const npc::Result<npc::PersonaListing>& page) {
        personas += page.value.personas.size();
        if (!page || !page.value.next) return next_places();
        people.after = *page.value.next;
        next_people();
      });
    };
    next_people();
    const bool fine = until([&] { return over; });
    std::printf("personas %zu places %zu\n", personas, places);
    return fine;
  }

  bool clock(const std::vector<Value>& steps) {
    std::size_t answers = 0;
    for (const Value& by : steps) {
      npc::WorldAdvance advance = of_world<npc::WorldAdvance>();
      advance.by = by;
      runtime_.request(advance, [&](const npc::Result<npc::WorldTime>& time) {
        ++answers;
        if (time) std::printf("at %d\n", static_cast<int>(time.value.at));
        if (!time) std::printf("%s\n", time.error.code.c_str());
      });
    }
    return until([&] { return answers == steps.size(); });
  }

  bool nobody() {
    int answers = 0;
    world_.spawn("nobody", "", told<npc::NpcSpawned>(answers));
    world_.spawn("mira", "", told<npc::NpcSpawned>(answers));
    return until([&] { return answers == 2; });
  }

  npc::Quarrel begin() {
    npc::ArgueStart start;
    start.between = {"mira", "tom"};
    start.about = "the stolen hammer";
    start.seed = 4;
    start.limits.turns = 4;
    npc::Quarrel quarrel = world_.argue(start);
    quarrel.on_started([](const npc::ArgueStarted& started) {
      std::printf("started %s %d\n", started.argument.c_str(), static_cast<int>(started.turns));
    });
    quarrel.on_end([](const npc::ArgueSettled& settled) {
      std::printf("settled %s %d %d\n", npc::to_string(settled.outcome.kind), static_cast<int>(settled.turns),
                  static_cast<int>(settled.unheard));
    });
    quarrel.on_error([](const npc::Error& error) { std::printf("error %s\n", error.message.c_str()); });
    return quarrel;
  }

  bool argument() {
    int lines = 0, answers = 0;
    for (const char* who : {"mira", "tom", "odile"}) world_.spawn(who, "smithy");
    world_.move("player:alex", "smithy", "Alex");
    npc::Quarrel quarrel = begin();
    quarrel.on_intervened([](const npc::ArgueIntervened& by) { std::printf("intervened %s\n", by.from.c_str()); });
    quarrel.on_line([&](const npc::Line& line) {
      ++lines;
      if (line.turn.turn != 1) return;
      npc::ArgueIntervene calm = of_world<npc::ArgueIntervene>();
      calm.argument = quarrel.id();
      calm.from = "player:alex";
      calm.name = "Alex";
      calm.text = "Calm down, both of you.";
      runtime_.request(calm, [](const npc::Result<npc::ArgueIntervened>& taken) {
        std::printf("taken %s %zu\n", npc::to_string(taken.value.kind), taken.value.taken.size());
      });
    });
    if (!until([&] { return quarrel.over(); })) return false;
    runtime_.request(of_world<npc::ArgueList>(), told<npc::ArgueListing>(answers));
    return until([&] { return answers == 1; }) && lines == 4;
  }

  /// The daemon is killed while its second line is spoken; the client takes it up by itself.
  bool argument_resumed() {
    for (const char* who : {"mira", "tom"}) world_.spawn(who, "smithy");
    runtime_.on_session([](const npc::Session& session) {
      if (session.again) std::printf("again %d %zu\n", session.restarted, session.problems.size());
    });
    npc::Quarrel quarrel = begin();
    int lines = 0;
    quarrel.by_hand().on_line([&](const npc::Line& line) {
      if (++lines != 2) quarrel.heard(line.end.reply);
    });
    quarrel.on_escalated([](const npc::ArgueEscalated& hotter) { std::printf("escalated %s\n", hotter.party.c_str()); });
    return until([&] { return quarrel.over(); }) && lines == 5;
  }

  /// An encounter by the messages themselves: the game says what was heard.
  bool encounter() {
    bool over = false;
    int answers = 0;
    for (const char* who : {"mira", "odile"}) world_.spawn(who, "smithy");
    world_.move("player:alex", "smithy", "Alex");
    npc::WorldEvent event;
    event.what = "Pim dropped a lantern into the mere.";
    event.at = "smithy";
    event.witnesses = std::vector<std::string>{"mira"};
    event.importance = 0.9;
    world_.event(event);
    npc::EncounterStart start = of_world<npc::EncounterStart>();
    start.between = {"mira", "odile"};
    start.about = "the lantern";
    start.seed = 4;
    runtime_.stream<npc::EncounterStart>(start, [&](const npc::EncounterStart::Message& message) {
      if (const auto* line = std::get_if<npc::ReplyEnd>(&message)) {
        npc::Heard heard = of_world<npc::Heard>();
        heard.reply = line->reply;
        runtime_.request(heard, npc::Callback<npc::Done>());
      } else if (const auto* end = std::get_if<npc::EncounterEnded>(&message)) {
        over = true;
        std::printf("ended %s %d: %s\n", npc::to_string(end->reason), static_cast<int>(end->turns), end->news[0].text.c_str());
      }
    });
    if (!until([&] { return over; })) return false;
    npc::GossipTrace trace = of_world<npc::GossipTrace>();
    trace.about = "the lantern";
    runtime_.request(trace, told<npc::GossipTraced>(answers));
    return until([&] { return answers == 1; });
  }

  template <class Request>
  Request of_world() const {
    Request request;
    request.world = name_;
    return request;
  }

  npc::Runtime runtime_;
  npc::World world_;
  std::string name_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  npc::Options options;
  options.endpoint = words[2];
  options.token = words[3];
  Replay replay(options, words[1]);
  return replay.play() ? 0 : 1;
}
