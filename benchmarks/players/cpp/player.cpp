// A game of the C++ client that does what lines of JSON tell it: `benchmarks/clients.py` says which.
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "json.hpp"
#include "npc_runtime.hpp"

namespace {

using npc::Value;
using Clock = std::chrono::steady_clock;
constexpr auto tick = std::chrono::milliseconds(50);
constexpr const char* alex = "player:alex";

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

/// What this thread has computed: on a busy machine a tick takes longer, because others are served in between.
double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::string numbers(const std::vector<double>& all) {
  std::string out = "[";
  for (const double each : all) out += (out.size() > 1 ? "," : "") + std::to_string(each);
  return out + "]";
}

void put(std::string& to, const std::string& text) {
  to += '"';
  for (const char each : text) {
    if (each == '"' || each == '\\') to += '\\';
    to += static_cast<unsigned char>(each) < 0x20 ? ' ' : each;
  }
  to += '"';
}

std::string listed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    put(out, text);
  }
  return out + "]";
}

/// A line of output: `{"name": value, ...}`, the values as they are written.
void answer(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string line = "{";
  for (const auto& [name, value] : fields) {
    if (line.size() > 1) line += ',';
    put(line, name);
    line += ':' + value;
  }
  std::printf("%s}\n", line.c_str());
  std::fflush(stdout);
}

void answer_error(const std::string& what) {
  std::string text;
  put(text, what);
  answer({{"error", text}});
}

struct Talk {
  double seconds = 0;
  Clock::time_point begun = Clock::now();
  std::vector<double> inside_us, cpu_us;
  long deltas = 0, sentences = 0, ends = 0, happened = 0;
};

class Player {
 public:
  void play() {
    Clock::time_point next = Clock::now();
    while (true) {
      for (Clock::duration left; (left = next - Clock::now()) > Clock::duration::zero();) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        if (::poll(&input, 1, static_cast<int>(wait)) > 0 && !read()) return;
      }
      next += tick;
      if (!runtime_) continue;
      const double worked = cpu_us();
      const auto before = Clock::now();
      runtime_->poll();
      if (talk_) ticked(seconds_since(before) * 1e6, cpu_us() - worked);
    }
  }

 private:
  /// Takes what has come on standard input. False at its end.
  bool read() {
    char buffer[4096];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(size));
    for (std::size_t end; (end = input_.find('\n')) != std::string::npos;) {
      const std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      Value told;
      std::string why;
      if (npc::json::read(line, told, why)) obey(told);
      else answer_error(why);
    }
    return true;
  }

  void obey(const Value& told) {
    const std::string what = told.text_of("do");
    if (what == "connect") return connect(told);
    if (what == "say") return say(told.text_of("npc"), told.text_of("text"));
    if (what == "argue") return argue(told);
    if (what == "ask") return ask();
    if (what == "report") return report();
    if (what == "talk") return talk(told);
    if (what == "leave") return leave();
    answer_error("there is nothing called " + what);
  }

  static std::vector<std::string> texts(const Value& told, const char* name) {
    std::vector<std::string> all;
    const Value* found = told.find(name);
    if (found == nullptr || found->array() == nullptr) return all;
    for (const Value& each : *found->array()) {
      if (each.text() != nullptr) all.push_back(*each.text());
    }
    return all;
  }

  void connect(const Value& told) {
    begun_ = answered_ = happened_ = 0;
    failed_.clear();
    resumed_.clear();
    listed_.clear();
    npc::Options options;
    options.start = false;
    options.name = "player";
    options.data_dir = told.text_of("data_dir");
    options.endpoint = told.text_of("endpoint");
    options.token = told.text_of("token");
    runtime_ = std::make_unique<npc::Runtime>(options);
    runtime_->on_session([this](const npc::Session& session) { told_session(session); });
    const std::string world = told.text_of("world");
    world_ = std::make_unique<npc::World>(runtime_->open_world(world, told.text_of("pack")));
    world_->on_event([this](const npc::Event&) {
      ++happened_;
      if (talk_) ++talk_->happened;
    });
    const std::vector<std::string> names = texts(told, "npcs");
    auto left = std::make_shared<std::size_t>(names.size());
    for (const std::string& name : names) {
      world_->spawn(name, told.text_of("place"), [left](const npc::Result<npc::NpcSpawned>& result) {
        if (!result) return answer_error(result.error.message);
        if (--*left == 0) answer({{"ok", "true"}});
      });
    }
  }

  void told_session(const npc::Session& session) {
    if (!session.again) return;
    std::vector<std::string> troubles;
    for (const npc::Error& error : session.problems) troubles.push_back(error.message);
    const double at = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    resumed_ += resumed_.empty() ? "" : ",";
    resumed_ += "{\"at\":" + std::to_string(at) + ",\"restarted\":" + (session.restarted ? "true" : "false") +
                ",\"troubles\":" + listed(troubles) + "}";
  }

  void fail(const npc::Error& error) { ++failed_[error.code]; }

  void say(const std::string& npc, const std::string& text) {
    ++begun_;
    world_->npc(npc).say(alex, text)
        .on_sentence([](const npc::ReplySentence&) {})
        .on_end([this](const npc::ReplyEnd&) { ++answered_; })
        .on_error([this](const npc::Error& error) { fail(error); });
    answer({{"ok", "true"}});
  }

  void argue(const Value& told) {
    ++begun_;
    npc::ArgueStart start;
    start.between = texts(told, "between");
    start.about = told.text_of("about");
    if (const Value* turns = told.find("turns")) start.limits.turns = turns->integer() ? *turns->integer() : start.limits.turns;
    world_->argue(start)
        .on_end([this](const npc::ArgueSettled&) { ++answered_; })
        .on_error([this](const npc::Error& error) { fail(error); });
    answer({{"ok", "true"}});
  }

  void ask() {
    ++begun_;
    npc::NpcList list;
    list.world = world_->id();
    runtime_->request(list, [this](const npc::Result<npc::NpcListing>& result) {
      if (!result) return fail(result.error);
      ++answered_;
      listed_.clear();
      for (const npc::NpcInfo& each : result.value.npcs) listed_.push_back(each.npc);
      std::sort(listed_.begin(), listed_.end());
    });
    answer({{"ok", "true"}});
  }

  void report() {
    std::string failed = "{";
    for (const auto& [code, count] : failed_) {
      if (failed.size() > 1) failed += ',';
      put(failed, code);
      failed += ':' + std::to_string(count);
    }
    answer({{"begun", std::to_string(begun_)},
            {"answered", std::to_string(answered_)},
            {"failed", failed + "}"},
            {"npcs", listed(listed_)},
            {"happened", std::to_string(happened_)},
            {"resumed", "[" + resumed_ + "]"},
            {"pending", std::to_string(runtime_ ? runtime_->pending() : 0)},
            {"heap", "null"}});
  }

  void leave() {
    world_.reset();
    runtime_.reset();
    answer({{"ok", "true"}});
  }

  void talk(const Value& told) {
    talk_ = std::make_shared<Talk>();
    if (const Value* seconds = told.find("seconds")) seconds->number(talk_->seconds);
    for (const std::string& name : texts(told, "npcs")) begin(talk_, name);
  }

  void begin(const std::shared_ptr<Talk>& of, const std::string& name) {
    npc::Say line;
    line.from = alex;
    line.text = "What do you sell?";
    line.stream = npc::Stream::delta;
    world_->npc(name).say(line)
        .on_delta([of](const npc::ReplyDelta&) { ++of->deltas; })
        .on_sentence([of](const npc::ReplySentence&) { ++of->sentences; })
        .on_end([this, of, name](const npc::ReplyEnd&) {
          ++of->ends;
          if (of == talk_) begin(of, name);
        });
  }

  void ticked(double microseconds, double worked) {
    talk_->inside_us.push_back(microseconds);
    talk_->cpu_us.push_back(worked);
    if (seconds_since(talk_->begun) < talk_->seconds) return;
    answer({{"inside_us", numbers(talk_->inside_us)},
            {"cpu_us", numbers(talk_->cpu_us)},
            {"deltas", std::to_string(talk_->deltas)},
            {"sentences", std::to_string(talk_->sentences)},
            {"ends", std::to_string(talk_->ends)},
            {"happened", std::to_string(talk_->happened)}});
    talk_.reset();
  }

  std::string input_;
  std::unique_ptr<npc::Runtime> runtime_;
  std::unique_ptr<npc::World> world_;
  std::shared_ptr<Talk> talk_;
  long begun_ = 0, answered_ = 0, happened_ = 0;
  std::map<std::string, long> failed_;
  std::string resumed_;
  std::vector<std::string> listed_;
};

}  // namespace

int main() { Player().play(); }
