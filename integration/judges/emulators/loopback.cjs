// Loaded before a server that knows no other address (node --require): what
// listens on a port listens on the loopback interface alone.
'use strict'

const { Server } = require('node:net')

const listen = Server.prototype.listen

Server.prototype.listen = function (where, ...rest) {
  if (typeof where === 'object' && where !== null) {
    if (where.port !== undefined) where = { ...where, host: '127.0.0.1' }
    return listen.call(this, where, ...rest)
  }
  if (typeof rest[0] === 'string') rest.shift()
  return listen.call(this, where, '127.0.0.1', ...rest)
}
