// Worlds and the characters in them.
#include "handles.hpp"

namespace npc {

Npc::Npc(std::shared_ptr<Core> core, std::string world, std::string id)
    : core_(std::move(core)), world_(std::move(world)), id_(std::move(id)) {}

Reply Npc::say(const std::string& from, const std::string& text, const std::string& name) {
  Say line;
  line.from = from;
  line.text = text;
  line.name = unless_empty(name);
  return say(std::move(line));
}

Reply Npc::say(Say line) {
  line.world = world_;
  line.to = id_;
  return begin_reply(core_, line);
}

void Npc::approached_by(const std::string& player, const std::string& name, Callback<NpcNearby> callback) {
  NpcNear message;
  message.world = world_;
  message.npc = id_;
  message.player = player;
  message.name = unless_empty(name);
  ask(*core_, message, std::move(callback));
}

void Npc::move(const std::string& place, Callback<Done> callback) {
  // `entity.move` wants to know what kind of thing it moves.
  World(core_, world_).move(whole_npc_id(id_), place, "", std::move(callback));
}

void Npc::despawn(Callback<Done> callback) {
  NpcDespawn message;
  message.world = world_;
  message.npc = id_;
  ask(*core_, message, std::move(callback));
}

World::World(std::shared_ptr<Core> core, std::string id) : core_(std::move(core)), id_(std::move(id)) {}

Npc World::spawn(const std::string& npc, const std::string& at, Callback<NpcSpawned> callback) {
  NpcSpawn message;
  message.world = id_;
  message.npc = npc;
  message.at = unless_empty(at);
  ask(*core_, message, std::move(callback));
  return Npc(core_, id_, npc);
}

Npc World::npc(const std::string& npc) const { return Npc(core_, id_, npc); }

Reply World::say(const std::string& from, const std::string& text, const std::string& name) {
  Say line;
  line.from = from;
  line.text = text;
  line.name = unless_empty(name);
  return say(std::move(line));
}

Reply World::say(Say line) {
  line.world = id_;
  return begin_reply(core_, line);
}

void World::move(const std::string& entity, const std::string& place, const std::string& name, Callback<Done> callback) {
  EntityMove message;
  message.world = id_;
  message.entity = entity;
  message.to = place;
  message.name = unless_empty(name);
  ask(*core_, message, std::move(callback));
}

void World::event(WorldEvent event, Callback<WorldPerceived> callback) {
  event.world = id_;
  ask(*core_, event, std::move(callback));
}

void World::event(const std::string& what, const std::string& at, const std::string& by,
                  Callback<WorldPerceived> callback) {
  WorldEvent message;
  message.what = what;
  message.at = unless_empty(at);
  message.by = unless_empty(by);
  event(std::move(message), std::move(callback));
}

void World::set(const std::string& name, Value value, const std::string& scope, Callback<Done> callback) {
  WorldSet message;
  message.world = id_;
  message.scope = scope;
  message.name = name;
  message.value = std::move(value);
  ask(*core_, message, std::move(callback));
}

void World::advance(const std::string& by, Callback<WorldTime> callback) {
  WorldAdvance message;
  message.world = id_;
  message.by = Value(by);
  ask(*core_, message, std::move(callback));
}

void World::on_event(std::function<void(const Event&)> callback, bool speech) {
  core_->listen(id_, std::move(callback), speech);
}

void World::define_places(std::map<std::string, Definition> places, Callback<Done> callback) {
  PlaceDefine message;
  message.world = id_;
  message.places = std::move(places);
  ask(*core_, message, std::move(callback));
}

void World::define_npcs(std::map<std::string, Definition> personas, Callback<Done> callback) {
  NpcDefine message;
  message.world = id_;
  message.personas = std::move(personas);
  ask(*core_, message, std::move(callback));
}

void World::save(const std::string& name, Callback<SaveCreated> callback) {
  SaveCreate message;
  message.world = id_;
  message.save = name;
  ask(*core_, message, std::move(callback), core_->options.reply_seconds);
}

void World::restore(const std::string& name, Callback<SaveRestored> callback) {
  SaveRestore message;
  message.world = id_;
  message.save = name;
  ask(*core_, message, std::move(callback), core_->options.reply_seconds);
}

Quarrel World::argue(const std::vector<std::string>& between, const std::string& about) {
  ArgueStart start;
  start.between = between;
  start.about = about;
  return argue(std::move(start));
}

void World::close(Callback<Done> callback) {
  WorldClose message;
  message.world = id_;
  ask(*core_, message, std::move(callback), core_->options.reply_seconds);
}

}  // namespace npc
