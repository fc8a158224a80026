import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Dealer } from "zeromq";
import { decode, encode, type ErrorAnswer, findDaemon, type FoundDaemon, PROTOCOL } from "../src/index.js";
import { ROOT, TestDaemon } from "./daemon.js";

interface Vector {
  name: string;
  session: boolean;
  frames: string[];
  error: string;
  re: string;
}

const { vectors } = JSON.parse(await readFile(`${ROOT}protocol/vectors/refused.json`, "utf8")) as { vectors: Vector[] };
let daemon: TestDaemon;
let found: FoundDaemon | undefined;

before(async () => {
  daemon = await TestDaemon.create();
  found = await findDaemon(daemon.dataDir);
});

after(() => daemon?.remove());

for (const { name, session, frames, error, re } of vectors) {
  test(`vector ${name} is refused with ${error}`, { timeout: 20_000 }, async () => {
    assert.ok(found);
    const socket = new Dealer({ linger: 0, plainUsername: "npc-runtime", plainPassword: found.token });
    try {
      socket.connect(found.endpoint);
      if (session) {
        await socket.send(encode({ type: "hello", id: "hello", versions: [PROTOCOL], client: { name: "test" } }));
        assert.equal(decode(await socket.receive()).type, "welcome");
      }
      await socket.send(frames.map((frame) => Buffer.from(frame, "hex")));
      const answer = decode(await socket.receive()) as ErrorAnswer;
      assert.deepEqual([answer.type, answer.code, answer.re, answer.last], ["error", error, re, true]);
    } finally {
      socket.close();
    }
  });
}
