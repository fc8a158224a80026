/** What villagers can do for a player: what is offered to the daemon, and how it is carried out. */

/** What these villagers would do for a player now; the daemon chooses, or not. */
export function offers(villagers, player) {
  const items = [...new Set(villagers.flatMap(({ gives }) => gives))].map((item) => `item:${item}`);
  const found = [{ name: "follow", args: [[player]], when: "asks to come along" }];
  if (items.length > 0) found.push({ name: "give", args: [items, [player]], when: "asks for something" });
  return found;
}

/** Does what a villager proposed; throws `Missing`, in a few words, where it cannot be done. */
export async function carryOut({ body }, { name, args }, username) {
  if (name === "give") await body.give(args[0].replace(/^item:/, ""), username);
  else if (name === "follow") body.follow(username);
}
