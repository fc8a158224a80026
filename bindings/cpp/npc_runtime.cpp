#include "npc_runtime.hpp"

#include "core.hpp"

namespace npc {

Runtime::Runtime(Options options) : core_(std::make_shared<Core>(std::move(options))) {}

Runtime::~Runtime() { core_->close(); }

void Runtime::poll() {
  const std::shared_ptr<Core> core = core_;  // a callback may end this runtime
  core->poll();
}

void Runtime::on_session(std::function<void(const Session&)> callback) { core_->on_session = std::move(callback); }

void Runtime::on_trouble(std::function<void(const Error&)> callback) { core_->on_trouble = std::move(callback); }

bool Runtime::connected() const { return core_->connected(); }

const Welcome& Runtime::welcome() const { return core_->welcome; }

std::size_t Runtime::pending() const { return core_->pending(); }

World Runtime::open_world(const std::string& id, const std::string& pack, Callback<WorldOpened> callback) {
  WorldOpen open;
  open.world = id;
  if (!pack.empty()) open.pack = pack;
  return open_world(std::move(open), std::move(callback));
}

World Runtime::open_world(WorldOpen open, Callback<WorldOpened> callback) {
  const std::string id = open.world;
  request(std::move(open), std::move(callback), core_->options.reply_seconds);  // a large world takes its time
  return World(core_, id);
}

void Runtime::report_frame(double ms, double target_ms) { core_->report_frame(ms, target_ms); }

void Runtime::cancel(const std::string& id) { core_->cancel(id); }

std::string Runtime::ask(Value request, bool streamed, double seconds,
                         std::function<void(const Value&, const Error*)> callback) {
  const Options& options = core_->options;
  const double usual = streamed ? options.reply_seconds : options.request_seconds;
  return core_->ask(std::move(request), seconds > 0 ? seconds : usual, std::move(callback));
}

}  // namespace npc
