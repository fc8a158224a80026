import { Decoder, Encoder } from "@msgpack/msgpack";
import { NpcRuntimeError } from "./errors.js";
import { HEADER, type Message, type Request } from "./messages.js";

/** Bytes in a message; what `welcome` names as `limits.body` is the same in version 1. */
export const BODY_LIMIT = 262_144;
const DEEPEST = 32;
const HEADER_FRAME = Buffer.from(HEADER);
// One of each for all messages: both begin anew with each.
const encoder = new Encoder({ ignoreUndefined: true, maxDepth: DEEPEST });
const decoder = new Decoder();

/** The two frames of a message. Throws what the daemon could not answer by id, since it could not read the id. */
export function encode(message: Request): [Uint8Array, Uint8Array] {
  let body: Uint8Array;
  try {
    body = encoder.encode(wellFormed(message)); // a copy of its buffer
  } catch (error) {
    throw new NpcRuntimeError("invalid", `${message.type} cannot be packed: ${(error as Error).message}`);
  }
  if (body.length > BODY_LIMIT) {
    const what = `${message.type} has ${body.length} bytes, and a message has at most ${BODY_LIMIT}`;
    throw new NpcRuntimeError("invalid", what, "send less at once");
  }
  return [HEADER_FRAME, body];
}

/** The message in two frames, or in three, as observers get it, with the topic first. Throws `bad_frame`. */
export function decode(frames: readonly Uint8Array[]): Message {
  const [header, body] = frames.slice(-2);
  if (frames.length < 2 || frames.length > 3 || !header || !body || !HEADER_FRAME.equals(header)) {
    throw new NpcRuntimeError("bad_frame", `these ${frames.length} frames are no message of ${HEADER}`);
  }
  let message: unknown;
  try {
    message = decoder.decode(body);
  } catch (error) {
    throw new NpcRuntimeError("bad_frame", `the body is no msgpack: ${(error as Error).message}`);
  }
  if (typeof message !== "object" || message === null || typeof (message as { type?: unknown }).type !== "string") {
    throw new NpcRuntimeError("bad_frame", "the body is no map with a type");
  }
  return message as Message;
}

/** The value with half characters replaced: a game that cuts a text may cut an emoji, which has no UTF-8 then. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, wellFormed(field)]));
}
