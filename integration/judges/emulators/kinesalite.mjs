// kinesalite on the loopback interface. What takes half a second at the real
// service takes 50 ms here.
import kinesalite from 'kinesalite'

const server = kinesalite({ shardLimit: 200, createStreamMs: 50, deleteStreamMs: 50, updateStreamMs: 50 })
server.listen(Number(process.argv[2]), '127.0.0.1')
