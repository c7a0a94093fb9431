// One worker reads by SubscribeToShard, through a split.
//
// lifion-kinesis signs a subscription for the service's own host name and so
// connects there, whatever the endpoint says. As a hosts file would, this makes
// that name mean the loopback interface.
import dns from "node:dns";

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".amazonaws.com") ? "127.0.0.1" : name, ...rest);

const STREAM = "lifion-fan-out";
const one = worker(STREAM, { useEnhancedFanOut: true, maxEnhancedConsumers: 1, encryption: { type: "KMS", keyId: "alias/aws/kinesis" }, tags: { team: "judges" } });

await hear("start", async () => {
  await one.kinesis.startConsumer();
  const client = new sdk.KinesisClient({ endpoint, region: "us-east-1" });
  const { EncryptionType, ConsumerCount } = (await client.send(new sdk.DescribeStreamSummaryCommand({ StreamName: STREAM }))).StreamDescriptionSummary;
  const { Tags } = await client.send(new sdk.ListTagsForStreamCommand({ StreamName: STREAM }));
  client.destroy();
  same([EncryptionType, ConsumerCount, Tags], ["KMS", 1, [{ Key: "team", Value: "judges" }]], "encryption, consumers, tags");
  return "an encrypted and tagged stream, its consumer, the lease table";
});

await hear("records in order", async () => {
  await put(one, 0, 10);
  await readInOrder(one, 0, 10, 20);
  return `${KEYS} keys, 10 records each, once and in order`;
});

await hear("through a split", async () => {
  await split(STREAM);
  await put(one, 10, 20);
  await readInOrder(one, 0, 20, 60);
  return `${KEYS} keys, 20 records each, once and in order: the children after the closing event of their parent`;
});

process.exit(0); // its timers would hold the process
