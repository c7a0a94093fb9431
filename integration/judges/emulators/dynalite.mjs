// dynalite on the loopback interface.
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 200 })
server.listen(Number(process.argv[2]), '127.0.0.1')
