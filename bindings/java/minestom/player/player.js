// A player without a screen: `node player.js PORT NAME`. Reads orders and writes what it perceives, one JSON object a line.
import readline from 'node:readline'
import mineflayer from 'mineflayer'

const [port, username] = process.argv.slice(2)
const bot = mineflayer.createBot({
  host: '127.0.0.1', port: Number(port), username, auth: 'offline', version: '1.21.11', viewDistance: 'tiny',
})

const tell = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const fail = (why) => {
  tell({ failed: String(why) })
  process.exit(1)
}

/** The text in a text component, which comes as NBT. */
function textIn(component) {
  if (typeof component === 'string') return component
  if (Array.isArray(component)) return component.map(textIn).join('')
  if (component === null || typeof component !== 'object') return ''
  if ('type' in component && 'value' in component) return textIn(component.value)
  return textIn(component.text ?? '') + textIn(component.extra ?? '')
}

const place = (entity) => [entity.position.x, entity.position.y, entity.position.z]

bot.once('forcedMove', () => tell({ arrived: place(bot.entity) }))
bot.on('message', (message) => tell({ chat: message.toString() }))
bot.on('entitySpawn', (entity) => tell({ entity: entity.id, kind: entity.name, at: place(entity) }))
bot.on('entityMoved', (entity) => tell({ moved: entity.id, kind: entity.name, at: place(entity) }))
bot._client.on('entity_metadata', ({ entityId, metadata }) => {
  for (const { type, value } of metadata) {
    if (String(type).includes('component')) tell({ above: entityId, text: textIn(value) })
  }
})
bot._client.on('set_passengers', ({ entityId, passengers }) => tell({ carrier: entityId, passengers }))
bot.on('kicked', (why) => fail(JSON.stringify(why)))
bot.on('error', fail)
bot.on('end', () => process.exit(0))

const orders = {
  chat: (text) => bot.chat(text),
  // All slots: mineflayer puts what a server sends singly into others than Minecraft does.
  inventory: () => tell({ inventory: bot.inventory.slots.filter(Boolean).map(({ name, count }) => [name, count]) }),
  // Walks straight to x and z, and tells when it is there.
  walk: ([x, z]) => {
    const target = bot.entity.position.clone()
    target.x = x
    target.z = z
    const step = () => {
      target.y = bot.entity.position.y
      if (bot.entity.position.distanceTo(target) < 1) {
        bot.clearControlStates()
        bot.off('physicsTick', step)
        tell({ arrived: place(bot.entity) })
      } else {
        bot.lookAt(target.offset(0, 1.6, 0), true)
        bot.setControlState('sprint', true)
        bot.setControlState('forward', true)
      }
    }
    bot.on('physicsTick', step)
  },
  leave: () => bot.quit(),
}

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    for (const [order, value] of Object.entries(JSON.parse(line))) orders[order](value)
  })
  .on('close', () => bot.quit())
