/** What a player may send at once. */
export const CHAT_LIMIT = 256;
/** The same before Minecraft 1.11. */
export const OLD_CHAT_LIMIT = 100;

/** A text as lines of chat: whole words where it can be, and nothing for which a server would kick whoever sends it. */
export function lines(text, limit = CHAT_LIMIT) {
  let rest = sayable(text);
  const found = [];
  while (rest.length > limit) {
    const space = rest.lastIndexOf(" ", limit);
    const end = space > 0 ? space : wholeCharacters(rest, limit);
    found.push(rest.slice(0, end));
    rest = sayable(rest.slice(end));
  }
  if (rest) found.push(rest);
  return found;
}

/** Whether there is a word in it; the daemon answers nothing else. */
export function hasWords(text) {
  return /[\p{L}\p{N}]/u.test(text);
}

/** Without line breaks and colour codes, and never a command: a villager may be an operator, and its words are free. */
function sayable(text) {
  const plain = text.replace(/[\p{Cc}\u00a7]+/gu, " ").replace(/ {2,}/g, " ").trim();
  return plain.replace(/^\/[/ ]*/, "");
}

/** An emoji is two units, of which half is no text. */
function wholeCharacters(text, end) {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? end - 1 : end;
}
