// A villager answers one line: villager DATA_FOLDER [LINE]
#include <chrono>
#include <cstdio>
#include <thread>

#include "npc_runtime.hpp"

int main(int count, char** words) {
  npc::Options options;
  options.data_dir = count > 1 ? words[1] : "npc-data";
  npc::Runtime runtime(options);
  bool over = false;
  runtime.on_trouble([](const npc::Error& error) { std::printf("%s\n%s\n", error.message.c_str(), error.hint.c_str()); });
  npc::World village = runtime.open_world("save-1", "hollowmere");
  village.spawn("mira")
      .say("player:alex", count > 2 ? words[2] : "What do you sell?")
      .on_start([](const npc::ReplyStart& start) { std::printf("(%s)\n", npc::to_string(start.emotion)); })
      .on_sentence([](const npc::ReplySentence& said) { std::printf("Mira: %s\n", said.text.c_str()); })
      .on_error([&](const npc::Error& error) { over = true; std::printf("%s\n", error.message.c_str()); })
      .on_end([&](const npc::ReplyEnd&) { over = true; });
  while (!over) {  // the game's loop
    runtime.poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(16));
  }
}
