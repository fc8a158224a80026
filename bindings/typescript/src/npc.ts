import type { CreatureGenerated, EntityId, MemoryInfo, NpcInfo, RelationInfo } from "./messages.js";
import type { Reply } from "./speech.js";
import type { SayOptions, World } from "./world.js";

/** A living character. */
export class Npc {
  readonly world: World;
  /** As it was when this object was made. */
  readonly info: NpcInfo;
  readonly id: EntityId;
  readonly name: string;
  /** What the daemon said of a creature that was just made. */
  readonly born: CreatureGenerated | undefined;

  /** For `World.spawn`, `World.npcs` and `World.creature`. */
  constructor(world: World, info: NpcInfo, born?: CreatureGenerated) {
    this.world = world;
    this.info = info;
    this.id = info.npc;
    this.name = info.name;
    this.born = born;
  }

  /** Somebody says a line to this character. It is sent at once; iterate over the reply, or await its `whole()`. */
  say(speaker: EntityId, text: string, options: SayOptions = {}): Reply {
    return this.world.say(speaker, text, { ...options, to: this.id });
  }

  /**
   * Says that a player has come near and may speak soon: its first word then comes sooner. Nobody needs to wait for it.
   * False where there is nothing to gain, or the daemon was not reached; it never throws.
   */
  async near(player: EntityId, options: { name?: string } = {}): Promise<boolean> {
    try {
      return (await this.world.request("npc.near", { npc: this.id, player, ...options })).warmed;
    } catch {
      return false;
    }
  }

  /** Takes this character to a place. */
  move(to: EntityId): Promise<void> {
    return this.world.move(this.id, to);
  }

  /** Takes this character out of the world. */
  despawn(): Promise<void> {
    return this.world.despawn(this.id);
  }

  /** What this character remembers of something, best first; or, of nothing said, what it learned last. */
  async memories(about = "", limit = 10): Promise<MemoryInfo[]> {
    return (await this.world.request("memory.query", { npc: this.id, about, limit })).memories;
  }

  /** Gives this character a memory of its past; `at` is game time, below 0 before the world began. */
  async teach(text: string, options: { importance?: number; at?: number } = {}): Promise<void> {
    await this.world.request("memory.teach", { npc: this.id, text, ...options });
  }

  /** How this character stands to somebody, or to everybody it has met. */
  relations(toward?: EntityId): Promise<RelationInfo[]> {
    return this.world.relations(this.id, toward);
  }

  /** Moves how this character stands to somebody. `reason` is told from its side: `Alex brought you bread.` */
  async adjust(
    toward: EntityId,
    reason: string,
    by: { affinity?: number; trust?: number; fear?: number; respect?: number },
  ): Promise<RelationInfo | undefined> {
    return (await this.world.request("relation.adjust", { npc: this.id, toward, reason, ...by })).relations[0];
  }
}
