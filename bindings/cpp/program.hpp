// Which NPC Runtime is started, and where its daemon may describe itself: section 3 of the protocol has both rules.
#pragma once

#include <string>
#include <vector>

namespace npc {

/// The program to start where the game names none. False where there is none; `why` says where it was looked for.
bool find_program(std::string& out, std::string& why);

/// Where a daemon describes itself that cannot write its data folder; none of these need be there.
std::vector<std::string> standbys(const std::string& data_dir);

}  // namespace npc
