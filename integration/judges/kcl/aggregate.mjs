// Aggregates each line of user records and answers it with a line of one
// Kinesis record.
import { createInterface } from "node:readline";
import agg from "aws-kinesis-agg";

for await (const line of createInterface({ input: process.stdin })) {
  const aggregator = new agg.RecordAggregator();
  for (const { key, hash, data } of JSON.parse(line)) {
    aggregator.addUserRecord({ partitionKey: key, explicitHashKey: hash || undefined, data: Buffer.from(data, "base64") });
  }
  const record = await new Promise((resolve, reject) => aggregator.flushBufferedRecords((error, r) => (error ? reject(error) : resolve(r))));
  console.log(JSON.stringify({ key: record.partitionKey, data: Buffer.from(record.data).toString("base64") }));
}
