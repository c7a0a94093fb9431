// What both readings of lifion-kinesis have in common.
import sdk from "@aws-sdk/client-kinesis";
import Kinesis from "lifion-kinesis";

const KEYS = 40;
const endpoint = process.env.KINESIS_PROMPT_URL;
const credentials = { accessKeyId: "test", secretAccessKey: "test", region: "us-east-1" };
const log = (...words) => process.stderr.write(words.map(String).join(" ") + "\n");

// worker is a consumer of its own id in the group of the stream's name.
function worker(streamName, options) {
  const kinesis = new Kinesis({
    ...credentials, endpoint, streamName, consumerGroup: streamName, shardCount: 1, initialPositionInStream: "TRIM_HORIZON",
    dynamoDb: { ...credentials, endpoint: process.env.DYNAMODB_URL, tableName: "lifion-state" },
    leaseAcquisitionInterval: 1000, leaseAcquisitionRecoveryInterval: 1000, noRecordsPollDelay: 250, pollDelay: 250,
    logger: { debug: log, warn: log, error: log }, ...options,
  });
  const seen = new Map(); // key -> values in the order they came
  kinesis.on("data", ({ records }) => {
    for (const { partitionKey, data } of records) seen.set(partitionKey, [...(seen.get(partitionKey) ?? []), data.n]);
  });
  kinesis.on("error", (e) => log("error", e.stack));
  return { kinesis, seen };
}

// put gives every key the values from..to, each after the one before.
async function put({ kinesis }, from, to) {
  for (let n = from; n < to; n++) {
    const records = Array.from({ length: KEYS }, (_, k) => ({ partitionKey: `key-${k}`, data: { n } }));
    same((await kinesis.putRecords({ records })).records.length, KEYS, "records taken");
  }
}

// readInOrder waits until every key has the values from..to, and checks that
// they came once and in order.
async function readInOrder({ seen }, from, to, seconds) {
  const count = to - from;
  await wait(() => seen.size === KEYS && [...seen.values()].every((values) => values.length >= count), `${count} records of each key`, seconds);
  await sleep(500); // for what should not come
  for (const [key, values] of seen) same(values, Array.from({ length: count }, (_, i) => from + i), key);
}

async function split(StreamName) {
  const client = new sdk.KinesisClient({ endpoint, region: "us-east-1" });
  await client.send(new sdk.SplitShardCommand({ StreamName, ShardToSplit: "shardId-000000000000", NewStartingHashKey: String(2n ** 127n) }));
  client.destroy();
}
