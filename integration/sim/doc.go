// Package sim runs whole connectors against the local Kinesis, DynamoDB and
// Snowflake in one bubble of testing/synctest, one seed at a time: real
// adapters, AWS SDK and HTTP included, on a transport that hands each request
// to the server's own handler, and worse. Calls are refused, lost, doubled,
// delivered late or cut off; actors panic around any message or are killed;
// nodes die, freeze, drain and join; shards split and merge in storms; channels,
// tokens, leases and clocks are taken away. Afterwards an oracle that has seen
// every put and every commit says whether each record is in the table as often
// as its payload made rows, in order, whether anything was promised too early,
// and whether all of it came soon enough once it was calm.
//
// A run is a function of its seed:
//
//   - all actors of all nodes share one scheduler (Scheduler), which runs one
//     message at a time, chosen by the seed, when nothing else can move;
//   - what happens to a call is a function of the seed and of what the call is
//     (node, action, object, how manieth), never of when it was made;
//   - service times have odd nanoseconds, so that hardly two events share an
//     instant; where two do, they are put in order by what they say;
//   - pauses of the product draw on the system's random source, which the run
//     replaces (testing/cryptotest);
//   - a run has one processor, and no garbage collection in its midst.
//
// Some seeds have circumstances (Plan): the first start is LATEST, in the midst
// of puts; the storm looks for the worst moment (Spite); or nothing at all goes
// wrong but that channels are dropped at rest, where no stop is excused. Some read
// by enhanced fan-out, whose events break off, come twice or turn into exceptions;
// in some the shard count changes five times within a minute, again and again.
// Both are drawn beside the rest, so that a seed is what it was but for them.
//
// That the oracle would see a product that is wrong is shown by planting wrong
// ones (integration/mutants).
//
// Blows are only counted where they mattered: where a call was made again
// because of one, a generation ended, an actor was spawned again, or a lease
// moved (Ledger).
package sim
