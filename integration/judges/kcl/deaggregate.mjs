// Takes Kinesis records, a line of JSON with key and data in base64 each,
// apart with aws-kinesis-agg and answers each with a line of its user records.
import { createInterface } from "node:readline";
import agg from "aws-kinesis-agg";

const base64 = (text) => Buffer.from(text).toString("base64");

for await (const line of createInterface({ input: process.stdin })) {
  const { key, data } = JSON.parse(line);
  const record = { partitionKey: Buffer.from(key, "base64").toString(), sequenceNumber: "1", data };
  const records = await new Promise((resolve, reject) =>
    agg.deaggregateSync(record, true, (error, all) => (error ? reject(error) : resolve(all))),
  );
  console.log(JSON.stringify(records.map((r) => ({
    key: base64(r.partitionKey), hash: r.explicitPartitionKey ?? "", data: r.data, aggregated: r.subSequenceNumber !== undefined,
  }))));
}
