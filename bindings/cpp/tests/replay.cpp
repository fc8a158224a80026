// Says the client's side of a transcript to whoever plays the daemon: replay TRANSCRIPT ENDPOINT TOKEN
//
// Tells what came of it on standard output, a line each.
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>

#include "npc_runtime.hpp"

namespace {

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
    npc::WorldAdvance advance;
    advance.world = name_;
    runtime_.request(advance, told<npc::WorldTime>(answers));
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
    npc::NpcList list;
    list.world = name_;
    runtime_.request(list, told<npc::NpcListing>(answers));
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
