// @aws-sdk/client-kinesis as it comes. Its connections are looked at from outside.
import sdk from "@aws-sdk/client-kinesis";

const {
  CreateStreamCommand, DeregisterStreamConsumerCommand, DescribeStreamConsumerCommand, DescribeStreamSummaryCommand, GetRecordsCommand, GetShardIteratorCommand,
  KinesisClient, ListShardsCommand, MergeShardsCommand, PutRecordCommand, PutRecordsCommand, RegisterStreamConsumerCommand, SplitShardCommand,
  SubscribeToShardCommand, waitUntilStreamExists,
} = sdk;

const kinesis = new KinesisClient({ endpoint: process.env.KINESIS_URL, region: "us-east-1", maxAttempts: 1 });
const limited = new KinesisClient({ endpoint: process.env.KINESIS_LIMITED_URL, region: "us-east-1", maxAttempts: 1 });
const StreamName = "javascript";
const shard = (n) => "shardId-" + String(n).padStart(12, "0");
const text = (r) => new TextDecoder().decode(r.Data);
const active = (client, name) => waitUntilStreamExists({ client, maxWaitTime: 20, minDelay: 0.2, maxDelay: 1 }, { StreamName: name });
const put = (...data) => kinesis.send(new PutRecordsCommand({ StreamName, Records: data.map((d) => ({ PartitionKey: "k", Data: new TextEncoder().encode(d) })) }));

async function refusal(code, command, client = kinesis) {
  try {
    await client.send(command);
  } catch (e) {
    same(e.name, code, "error");
    return e.message;
  }
  throw new Error(`${command.constructor.name} went through, want ${code}`);
}

let ConsumerARN;
async function subscribe(StartingPosition, ShardId = shard(0)) {
  const answer = await kinesis.send(new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition }));
  return answer.EventStream[Symbol.asyncIterator]();
}

// records gathers data from a subscription until there are n.
async function records(events, n) {
  const data = [];
  while (data.length < n) {
    const { value, done } = await events.next();
    if (done) throw new Error(`the subscription ended after ${data.length} of ${n} records`);
    data.push(...value.SubscribeToShardEvent.Records.map(text));
  }
  return data;
}

await hear("CreateStream", async () => {
  const answer = await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  same(answer.$metadata.httpStatusCode, 200, "status");
  await active(kinesis, StreamName);
  await refusal("ResourceInUseException", new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  return "ACTIVE, and a second one of the name is refused";
});

await hear("PutRecord, PutRecords, GetRecords", async () => {
  const data = Array.from({ length: 300 }, (_, i) => `r-${i}`);
  await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "k", Data: new TextEncoder().encode("first") }));
  same((await put(...data)).FailedRecordCount, 0, "failed");
  let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard(0), ShardIteratorType: "TRIM_HORIZON" }));
  const read = [];
  for (let behind = 1; behind > 0; ) {
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit: 100 }));
    read.push(...answer.Records.map(text));
    [ShardIterator, behind] = [answer.NextShardIterator, answer.MillisBehindLatest];
  }
  same(read, ["first", ...data], "data");
  return "301 of 301 in order, in pages of 100";
});

await hear("records of 1 MiB", async () => {
  const Data = new Uint8Array(1 << 20).map((_, i) => i * 7);
  const { SequenceNumber } = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "big", Data }));
  const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId: shard(0), ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: SequenceNumber }));
  const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  same(Buffer.compare(Buffer.from(Records[0].Data), Buffer.from(Data)), 0, "bytes that differ");
  return "1,048,576 bytes unchanged both ways";
});

await hear("RegisterStreamConsumer", async () => {
  const { StreamARN } = (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;
  ({ ConsumerARN } = (await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "app" }))).Consumer);
  const status = async () => (await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription.ConsumerStatus;
  same(await status(), "CREATING", "state at first");
  await wait(async () => (await status()) === "ACTIVE", "ACTIVE");
  return "CREATING, then ACTIVE";
});

let first;
await hear("SubscribeToShard", async () => {
  first = await subscribe({ Type: "TRIM_HORIZON" });
  same((await records(first, 301)).slice(0, 2), ["first", "r-0"], "first records");
  setTimeout(() => put("later"), 200);
  let last;
  for (last = []; !last.includes("later"); ) last = await records(first, 1);
  return "301 records and one of 1 MiB, then one that was put meanwhile";
});

await hear("SubscribeToShard again within 5 s", () => refusal("ResourceInUseException", new SubscribeToShardCommand({ ConsumerARN, ShardId: shard(0), StartingPosition: { Type: "LATEST" } })));

await hear("SubscribeToShard takes over after 5 s", async () => {
  await sleep(5000);
  const second = await subscribe({ Type: "LATEST" });
  await put("to the second");
  same(await records(second, 1), ["to the second"], "records of the second");
  let end = "a clean end";
  try {
    while (!(await first.next()).done);
  } catch (e) {
    end = e.name;
  }
  same(end, "ResourceInUseException", "end of the first");
  return "the first fails with ResourceInUseException, the second gets what comes";
});

await hear("SubscribeToShard to the end of a shard", async () => {
  await sleep(5000);
  const events = await subscribe({ Type: "LATEST" });
  await put("the last");
  await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: shard(0), NewStartingHashKey: String(2n ** 127n) }));
  const seen = [];
  for (let next = await events.next(); !next.done; next = await events.next()) seen.push(next.value.SubscribeToShardEvent);
  same(seen.flatMap((e) => e.Records.map(text)), ["the last"], "records");
  const closing = seen.at(-1);
  same([closing.ContinuationSequenceNumber, closing.ChildShards.map((c) => c.ShardId)], [undefined, [shard(1), shard(2)]], "closing event");
  return "the last record, then no continuation and 2 ChildShards, then the stream ends";
});

await hear("8 subscriptions at once", async () => {
  await active(kinesis, StreamName);
  const { StreamARN } = (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;
  const arns = [];
  for (let i = 0; i < 4; i++) arns.push((await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: `app-${i}` }))).Consumer.ConsumerARN);
  for (const arn of arns) await wait(async () => (await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN: arn }))).ConsumerDescription.ConsumerStatus === "ACTIVE", "ACTIVE");
  const data = Array.from({ length: 200 }, (_, i) => `eight-${i}`);
  const owner = (await put(...data)).Records[0].ShardId;
  const other = shard(owner === shard(1) ? 2 : 1);
  const key = owner === shard(1) ? String(2n ** 127n) : "0";
  await kinesis.send(new PutRecordsCommand({ StreamName, Records: data.map((d) => ({ PartitionKey: "k", ExplicitHashKey: key, Data: new TextEncoder().encode(d) })) }));
  const all = arns.flatMap((arn) => [owner, other].map(async (ShardId) => {
    const answer = await kinesis.send(new SubscribeToShardCommand({ ConsumerARN: arn, ShardId, StartingPosition: { Type: "TRIM_HORIZON" } }));
    return records(answer.EventStream[Symbol.asyncIterator](), data.length);
  }));
  for (const got of await Promise.all(all)) same(got, data, "records of one of eight");
  for (const arn of arns) await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: arn }));
  return "4 consumers, 2 shards, 200 records to each in order";
});

await hear("ListShards in pages, MergeShards", async () => {
  await kinesis.send(new MergeShardsCommand({ StreamName, ShardToMerge: shard(1), AdjacentShardToMerge: shard(2) }));
  await active(kinesis, StreamName);
  const ids = [];
  for (let next = { StreamName }; next; ) {
    const page = await kinesis.send(new ListShardsCommand({ MaxResults: 1, ...next }));
    ids.push(...page.Shards.map((s) => s.ShardId));
    next = page.NextToken && { NextToken: page.NextToken };
  }
  same(ids, [0, 1, 2, 3].map(shard), "shards in pages of 1");
  const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName, ShardFilter: { Type: "AT_LATEST" } }));
  same(Shards.map((s) => [s.ShardId, s.ParentShardId, s.AdjacentParentShardId]), [[shard(3), shard(1), shard(2)]], "open shards");
  return "4 shards in pages of 1, one open with two parents";
});

await hear("error codes", async () => {
  await refusal("ResourceNotFoundException", new PutRecordCommand({ StreamName: "none", PartitionKey: "k", Data: new Uint8Array(1) }));
  await refusal("InvalidArgumentException", new GetRecordsCommand({ ShardIterator: "made-up" }));
  await refusal("ValidationException", new PutRecordsCommand({ StreamName, Records: [] }));
  await refusal("ResourceNotFoundException", new SubscribeToShardCommand({ ConsumerARN, ShardId: shard(9), StartingPosition: { Type: "LATEST" } }));
  await refusal("InvalidArgumentException", new SubscribeToShardCommand({ ConsumerARN, ShardId: shard(3), StartingPosition: { Type: "AT_SEQUENCE_NUMBER" } }));
  return "5 of 5 as the service names them";
});

await hear("throttling", async () => {
  await limited.send(new CreateStreamCommand({ StreamName: "javascript-limited", ShardCount: 1 }));
  await active(limited, "javascript-limited");
  const { ShardIterator } = await limited.send(new GetShardIteratorCommand({ StreamName: "javascript-limited", ShardId: shard(0), ShardIteratorType: "LATEST" }));
  // 12 at once, until that is more than the time since the first allows.
  const began = performance.now(), refused = [];
  let asked = 0, allowed;
  do {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => limited.send(new GetRecordsCommand({ ShardIterator }))));
    refused.push(...results.filter((r) => r.status === "rejected").map((r) => r.reason.name));
    asked += 12;
    allowed = 5 * (1 + Math.floor((performance.now() - began + 2) / 1000)); // the server counts in whole milliseconds
    const taken = asked - refused.length;
    same([taken >= 5, taken <= allowed], [true, true], `${taken} of ${asked} taken, ${allowed} allowed`);
  } while (asked < allowed + 5);
  same([...new Set(refused)], ["ProvisionedThroughputExceededException"], "refusals");
  return `${refused.length} of ${asked} GetRecords refused, no more taken than their time allows`;
});

kinesis.destroy();
limited.destroy();
