/** A Minecraft server without Mojang: flying-squid, with what it lacks for this test. */

import { once } from "node:events";
import { createRequire } from "node:module";
import mineflayer from "mineflayer";
import { Vec3 } from "vec3";

const { createMCServer } = createRequire(import.meta.url)("flying-squid");
export const VERSION = "1.20.1";
const THROWN_BLOCKS = 2;
const REACH_BLOCKS = 2.5;

export class Server {
  static async start() {
    const server = new Server();
    server.squid = createMCServer({
      host: "127.0.0.1",
      port: 0,
      version: VERSION,
      "online-mode": false,
      "max-players": 20,
      "view-distance": 2,
      generation: { name: "superflat", options: { worldHeight: 80 } },
      gameMode: 0,
      difficulty: 0,
      motd: "",
      plugins: {},
      logging: false,
      "everybody-op": false,
      "player-list-text": { header: "", footer: "" },
    });
    const { squid } = server;
    const socket = squid._server.socketServer;
    if (!socket?.listening) await once(squid, "listening");
    squid.on("newPlayer", (player) => {
      introducing(player);
      tossing(squid, player);
    });
    return server;
  }

  get port() {
    return this.squid._server.socketServer.address().port;
  }

  stop() {
    return this.squid.quit("the test is over");
  }

  player(name) {
    return this.squid.players.find(({ username }) => username === name);
  }

  /** The height of the ground that they stand on. */
  get ground() {
    return this.squid.players[0].position.y;
  }

  put(name, x, z) {
    const player = this.player(name);
    player.teleport(new Vec3(x, player.position.y, z));
  }

  give(name, item, count) {
    return this.squid.handleCommand(`give ${name} ${item} ${count}`);
  }

  /** A player in the flesh. */
  async join(username) {
    const { port } = this;
    const bot = mineflayer.createBot({ host: "127.0.0.1", port, username, version: VERSION, auth: "offline" });
    await once(bot, "spawn");
    return bot;
  }
}

/** Clients overlook a player whom the list of players has not named before, and this server forgets some. */
function introducing(player) {
  const { spawnEntity } = player;
  player.spawnEntity = (entity) => {
    if (entity.type === "player") {
      const { uuid, username: name, profileProperties: properties, gameMode: gamemode } = entity;
      const data = [{ uuid, player: { name, properties }, gamemode, latency: 0 }];
      player._client.write("player_info", { action: { add_player: true }, data });
    }
    spawnEntity(entity);
  };
}

/**
 * Clicks of Minecraft 1.17 and later do not say on which item, which this server needs to know. And what a player drops
 * beside the window vanishes on it; here whoever stands where it falls has it.
 */
function tossing(squid, player) {
  player._client.prependListener("window_click", (click) => {
    click.item = click.slot === -999 ? null : player.inventory.slots[click.slot];
    const held = player.inventory.selectedItem;
    if (click.slot !== -999 || click.mode !== 0 || !held) return;
    const yaw = (player.yaw * Math.PI) / 128; // in 256 steps
    const falls = player.position.offset(-Math.sin(yaw) * THROWN_BLOCKS, 0, Math.cos(yaw) * THROWN_BLOCKS);
    const taker = squid.players.find((other) => other !== player && other.position.distanceTo(falls) <= REACH_BLOCKS);
    if (taker) void squid.handleCommand(`give ${taker.username} ${held.name} ${click.mouseButton === 0 ? held.count : 1}`);
  });
}
