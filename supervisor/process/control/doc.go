// Package control is the way to a running process: a unix socket that only the
// user who started it may open, under the process's data_dir.
//
//	<data_dir>/<node>/control.sock          once a connector has claimed its node slot
//	<data_dir>/process-<pid>/control.sock   before that
//	<data_dir>/<either>/process.json        Info: where HTTP and the socket are
//
// A path of a unix socket is short (104 bytes on macOS, 108 on Linux). Where
// data_dir is too long for one, the socket lies in a private folder of the
// temporary directory, and process.json points at it.
//
// One request is one line of JSON, and so is its answer; a connection carries
// any number of them, one after the other:
//
//	-> {"op":"inspect"}
//	<- {"ok":true,"process":{...},"connectors":[{...}]}
//	-> {"op":"resolve","connector":"orders","shard":"3","from":"token","who":"me@host","why":"..."}
//	<- {"ok":false,"error":"shard shardId-000000000003 is not stopped: it is FLOWING"}
//
//	op        fields                          what the process does
//	inspect                                   tells the state of every connector
//	pause     connector, shards               stops shards on every node and keeps their leases; no shards = all
//	resume    connector, shards               lets them go on
//	resolve   connector, shard, from, who, why   carries out the way out of a stop
//	drain                                     drains everything and ends, as SIGTERM does
//
// What changes something goes this way and never over the HTTP port.
package control
