// dynalite in memory on a loopback port, with tables that change at once.
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 })
server.listen(Number(process.argv[2]), '127.0.0.1')
