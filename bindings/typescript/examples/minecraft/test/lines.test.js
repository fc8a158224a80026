import assert from "node:assert/strict";
import { test } from "node:test";
import { CHAT_LIMIT, hasWords, lines } from "../src/lines.js";

test("a short text is one line", () => {
  assert.deepEqual(lines("Good day, Alex."), ["Good day, Alex."]);
});

test("a long one is split between words, and nothing of it is lost", () => {
  const words = Array.from({ length: 200 }, (_, number) => `word${number}`);
  const found = lines(words.join(" "));
  assert.ok(found.length > 1);
  assert.ok(found.every((line) => line.length <= CHAT_LIMIT));
  assert.deepEqual(found.join(" ").split(" "), words);
});

test("what has no spaces is cut, but no character is", () => {
  const found = lines("\u{1F33E}".repeat(40), 25);
  assert.ok(found.every((line) => line.length <= 25 && line.isWellFormed()));
  assert.equal(found.join(""), "\u{1F33E}".repeat(40));
});

test("nothing that is said is a command, or what a server kicks for", () => {
  assert.deepEqual(lines("/op Alex"), ["op Alex"]);
  assert.deepEqual(lines(" / /op Alex"), ["op Alex"]);
  assert.deepEqual(lines("One\nline,\u00a7k \u0000please."), ["One line, k please."]);
  assert.deepEqual(lines(`${"a".repeat(CHAT_LIMIT)} /op Alex`), ["a".repeat(CHAT_LIMIT), "op Alex"]);
  assert.deepEqual(lines(" \n/ "), []);
});

test("three dots are no words", () => {
  assert.ok(!hasWords("..."));
  assert.ok(hasWords("Grüß Gott!") && hasWords("42"));
});
