import { setTimeout as delay } from "node:timers/promises";
import { CHAT_LIMIT, lines } from "./lines.js";

/**
 * A server kicks whoever chats too fast: a line costs 20 of 200, of which one comes back with every tick. One line a
 * second is safe for ever.
 */
const BETWEEN_LINES_MS = 1000;

/** How a villager speaks: line after line, as fast as they can be read. */
export class Voice {
  #freeAt = 0;
  #readAt = 0;
  /** How long a line may be on this server. */
  limit = CHAT_LIMIT;

  /** `chat`: what puts a line into the chat of the server. */
  constructor(chat, charactersPerSecond) {
    this.chat = chat;
    this.charactersPerSecond = charactersPerSecond;
  }

  /** Says a text when the one before has been read; resolves when it is in the chat. False: the signal came first. */
  async say(text, signal) {
    for (const line of lines(text, this.limit)) {
      if (!(await until(() => Math.max(this.#freeAt, this.#readAt), signal))) return false;
      this.chat(line);
      const now = performance.now();
      this.#freeAt = now + BETWEEN_LINES_MS;
      this.#readAt = now + (1000 * line.length) / this.charactersPerSecond;
    }
    return true;
  }

  /** Resolves when what was said has been read. */
  async read(signal) {
    await until(() => this.#readAt, signal);
  }
}

/** Waits for a time that may still move; false where the signal came first. */
async function until(time, signal) {
  while (!signal?.aborted) {
    const wait = time() - performance.now();
    if (wait <= 0) return true;
    await delay(wait, undefined, { signal }).catch(() => {});
  }
  return false;
}
