import assert from "node:assert/strict";
import { Reply, Router } from "zeromq";
import { decode, encode, type Request } from "../src/index.js";
import { all, type Body, type Outside, type Step } from "./transcripts.js";

export const TOKEN = "any";
/** What another client says differently, and may. */
const OF_THE_CLIENT = new Set(["id", "client", "capabilities", "stream", "seed", "target"]);
const DOOR = "inproc://zeromq.zap.01";

/**
 * Lets in who shows the token, until the function that this gives is called: ZeroMQ lets nobody in who shows a password
 * where nobody looks at it (ZAP, RFC 27). A process has one such door for all its sockets.
 */
export async function openDoor(): Promise<() => void> {
  const door = new Reply({ linger: 0 });
  await door.bind(DOOR);
  void (async () => {
    for await (const [version, request, , , , mechanism, , password] of door) {
      const status = String(mechanism) === "PLAIN" && String(password) === TOKEN ? "200" : "400";
      await door.send([version ?? "1.0", request ?? "", status, "", "", ""]);
    }
  })();
  return () => door.close();
}

/** A daemon that only says what stands in a transcript, when its client has said what comes before. */
export class FakeDaemon {
  readonly #steps: (Step | Outside)[];
  readonly #socket = new Router({ plainServer: true, linger: 0 });
  /** The client's own ids, by those of the transcript. */
  readonly #ids = new Map<string, string>();
  #client: Uint8Array = new Uint8Array();
  #session: unknown = null;
  #playing: Promise<void> | undefined;

  private constructor(transcript: string, without: readonly string[]) {
    const left = new Set(["ping", "pong", ...without]);
    this.#steps = all(transcript).filter((step) => !("message" in step) || !left.has(step.message.type));
  }

  /** `without`: types of messages that this client does not need to play its part. */
  static async create(transcript: string, without: readonly string[] = []): Promise<FakeDaemon> {
    const fake = new FakeDaemon(transcript, without);
    await fake.#socket.bind("tcp://127.0.0.1:0");
    fake.#playing = fake.#play();
    fake.#playing.catch(() => {}); // whoever awaits `finished` is told
    return fake;
  }

  get endpoint(): string {
    return this.#socket.lastEndpoint ?? "";
  }

  /** Returns when all was said; throws where the client said something else. */
  async finished(): Promise<void> {
    await this.#playing;
  }

  close(): void {
    this.#socket.close();
  }

  async #play(): Promise<void> {
    for (const step of this.#steps) {
      if (step.from === "client") this.#compare(await this.#next(), step.message);
      else if (step.from === "daemon") await this.#send(step.message);
      else if (step.from === "outside") this.#session = null; // another daemon knows of none
    }
  }

  /** What the client says next. Pings are answered whenever they come: clients have clocks of their own. */
  async #next(): Promise<Body> {
    for (;;) {
      const [client, ...frames] = await this.#socket.receive();
      this.#client = client as Uint8Array;
      const found = decode(frames) as unknown as Body;
      if (found.type !== "ping") return found;
      await this.#write({ type: "pong", re: found["id"], last: true, session: this.#session });
    }
  }

  #compare(found: Body, wanted: Body): void {
    assert.equal(found.type, wanted.type);
    this.#ids.set(String(wanted["id"]), String(found["id"]));
    for (const [name, value] of Object.entries(wanted)) {
      if (!OF_THE_CLIENT.has(name)) assert.deepEqual(bare(found[name]), bare(value), `${name} of ${wanted.type}`);
    }
    if ("target" in wanted) assert.equal(found["target"], this.#ids.get(String(wanted["target"])) ?? wanted["target"]);
  }

  async #send(message: Body): Promise<void> {
    if (message.type === "welcome") this.#session = message["session"];
    const re = String(message["re"] ?? "");
    await this.#write("re" in message ? { ...message, re: this.#ids.get(re) ?? re } : message);
  }

  async #write(message: Body): Promise<void> {
    await this.#socket.send([this.#client, ...encode(message as unknown as Request)]);
  }
}

/** An id without its kind, which a client may leave out. */
function bare(value: unknown): unknown {
  return typeof value === "string" ? value.slice(value.lastIndexOf(":") + 1) : value;
}
