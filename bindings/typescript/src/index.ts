/** The client of NPC Runtime: gives the characters of a game a mind. Begin with `connect`. */

export { decode, encode } from "./codec.js";
export { isNpcError, NpcRuntimeError } from "./errors.js";
export type { Answer, Exchange, Fields, Part } from "./exchange.js";
export { type Address, defaultDataDir, findDaemon, type FoundDaemon } from "./folder.js";
export type { Key } from "./keys.js";
export { launchDaemon, type LaunchedDaemon, type LaunchOptions } from "./launcher.js";
export type * from "./messages.js";
export { ERROR_CODES, HEADER, PROTOCOL } from "./messages.js";
export { Npc } from "./npc.js";
export type { EventListener, OpenOptions, SubscribeOptions } from "./remembered.js";
export { connect, type ConnectOptions, type RequestOptions, type Restored, Runtime } from "./runtime.js";
export type { RuntimeEvents } from "./runtime.js";
export { Encounter, type EncounterPart, Quarrel, type QuarrelPart, type Turn } from "./scene.js";
export { type LorePart, type LoreReply, type Reply, type ReplyPart, Speech, type SpeechOptions } from "./speech.js";
export { type ArgueOptions, type EncounterOptions, type LoreOptions, type SayOptions, World } from "./world.js";
