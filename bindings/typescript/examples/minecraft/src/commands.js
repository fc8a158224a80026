/** What a player can type in chat. */

/** `!argue mira tom the stolen hammer` as `{ name: "argue", words: ["mira", "tom", ...] }`; undefined for talk. */
export function command(text) {
  const [name, ...words] = text.slice(1).trim().split(/\s+/);
  return text.startsWith("!") && COMMANDS[name] ? { name, words } : undefined;
}

/** Each tells the player what became of it; throws a sentence that says what is wrong. */
export const COMMANDS = {
  /** Two villagers quarrel. */
  async argue(village, username, words) {
    const [first, second] = words.slice(0, 2).map((who) => village.called(who));
    if (!first || !second || first === second) {
      throw new Error(`Write: !argue ${village.villagers[0].npc} ${village.villagers.at(-1).npc} the stolen hammer`);
    }
    await village.argue([first, second], words.slice(2).join(" "), username);
  },

  /** Whoever follows the player goes home. */
  async home(village, username) {
    const followers = village.villagers.filter(({ body }) => body.follows === username);
    if (followers.length === 0) throw new Error("Nobody follows you.");
    for (const { body } of followers) body.goHome();
    return "I go home.";
  },

  async save(village, username, words) {
    const save = slot(village, username, words);
    await village.world.save(save);
    return `Saved as ${save}.`;
  },

  async load(village, username, words) {
    const { save, moment } = await village.world.restore(slot(village, username, words));
    return `Loaded ${save}: it is ${moment}.`;
  },
};

function slot({ settings }, username, words) {
  if (!settings.keepers.includes(username)) throw new Error("Only keepers of the village may do that.");
  if (words.length === 0) throw new Error("Write a name behind it: !save monday");
  return words.join(" ");
}
