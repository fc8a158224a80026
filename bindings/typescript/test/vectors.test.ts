import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decode, encode, type Request } from "../src/index.js";
import { ROOT } from "./daemon.js";
import { steps, transcripts } from "./transcripts.js";
import { withoutNil } from "./values.js";

interface Vector {
  name: string;
  frames: string[];
  message: Record<string, unknown>;
}

const { vectors } = JSON.parse(await readFile(`${ROOT}protocol/vectors/valid.json`, "utf8")) as { vectors: Vector[] };

for (const { name, frames, message } of vectors) {
  test(`vector ${name} is read, and what is written reads the same`, () => {
    const read = decode(frames.map((frame) => Buffer.from(frame, "hex")));
    assert.deepEqual(withoutNil(read), withoutNil(message));
    const again = decode(encode(read as Request));
    assert.deepEqual(again, read);
  });
}

for (const { name } of transcripts) {
  test(`every message of the transcript ${name} is read, and what is written reads the same`, () => {
    for (const { frames, message } of steps(name)) {
      const read = decode(frames.map((frame) => Buffer.from(frame, "hex")));
      assert.deepEqual(withoutNil(read), withoutNil(message));
      assert.deepEqual(decode(encode(read as Request)), read);
    }
  });
}

test("half an emoji is replaced, since it has no UTF-8", () => {
  const read = decode(encode({ type: "say", id: "1", world: "w", from: "player:a", text: "Hi \ud83d" }));
  assert.equal((read as { text: string }).text, "Hi \ufffd");
});

test("what is too long is refused before it is sent", () => {
  const text = "a".repeat(300_000);
  assert.throws(() => encode({ type: "say", id: "1", world: "w", from: "player:a", text }), { code: "invalid" });
});

for (const [what, frames] of Object.entries({
  "another header": ["4e504332", "82a474797065a470696e67a26964a178"],
  "one frame": ["4e504331"],
  "trailing bytes": ["4e504331", "82a474797065a470696e67a26964a17800"],
  "no map": ["4e504331", "92a470696e67a178"],
})) {
  test(`${what} is a bad frame`, () => {
    assert.throws(() => decode(frames.map((frame) => Buffer.from(frame, "hex"))), { code: "bad_frame" });
  });
}
