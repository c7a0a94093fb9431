import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.*;

/**
 * Asks every operation that localkinesis serves with the SDK as it comes, in
 * CBOR. One line of JSON says for each whether the answer is the one that it
 * must be. That it speaks cleartext HTTP/2 is seen by who started it.
 */
public class AwsSdk {
    private static final Map<String, String> CONTENT_TYPES = new ConcurrentHashMap<>();

    private static KinesisAsyncClient kinesis;
    private static String arn;
    private static String consumer;

    public static void main(String[] args) {
        kinesis = KinesisAsyncClient.builder()
                .region(Region.US_EAST_1).endpointOverride(URI.create(System.getenv("KINESIS")))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .overrideConfiguration(o -> o.addExecutionInterceptor(new Listener()).retryStrategy(r -> r.maxAttempts(1)))
                .build();
        streams();
        records();
        consumers();
        resharding();
        settings();
        refusals();
        kinesis.deleteStream(r -> r.streamName("sdk").enforceConsumerDeletion(true)).join();
        check("DeleteStream", code(() -> kinesis.describeStreamSummary(r -> r.streamName("sdk")).join()).equals("ResourceNotFoundException"), "the stream is gone");
        var types = new TreeSet<>(CONTENT_TYPES.values());
        check("Content-Type", CONTENT_TYPES.size() == 32 && types.equals(Set.of("application/x-amz-cbor-1.1 -> application/x-amz-cbor-1.1")), CONTENT_TYPES.size() + " operations: " + types);
        System.exit(0);
    }

    private static void streams() {
        var before = Instant.now().minusSeconds(2);
        kinesis.createStream(r -> r.streamName("sdk").shardCount(2).tags(Map.of("Data", "a text", "SomeTimestamp", "yesterday"))).join();
        check("CreateStream", code(() -> kinesis.createStream(r -> r.streamName("sdk").shardCount(2)).join()).equals("ResourceInUseException"), "a second one of the name is refused");
        kinesis.waiter().waitUntilStreamExists(r -> r.streamName("sdk")).join();
        var summary = kinesis.describeStreamSummary(r -> r.streamName("sdk")).join().streamDescriptionSummary();
        arn = summary.streamARN();
        var created = summary.streamCreationTimestamp();
        check("DescribeStreamSummary", summary.openShardCount() == 2 && within(created, before) && summary.retentionPeriodHours() == 24, "2 shards, created " + created);
        var described = kinesis.describeStream(r -> r.streamARN(arn)).join().streamDescription();
        check("DescribeStream", described.shards().size() == 2 && !described.hasMoreShards() && described.streamStatus() == StreamStatus.ACTIVE
                && described.streamCreationTimestamp().equals(created), described.shards().size() + " shards, " + described.streamStatusAsString());
        var listed = kinesis.listStreams().join();
        check("ListStreams", listed.streamNames().equals(List.of("sdk")) && listed.streamSummaries().get(0).streamCreationTimestamp().equals(created), "" + listed.streamNames());
        var limits = kinesis.describeLimits().join();
        check("DescribeLimits", limits.openShardCount() == 2 && limits.shardLimit() > 2, limits.openShardCount() + " of " + limits.shardLimit() + " shards");
        var page = kinesis.listShards(r -> r.streamName("sdk").maxResults(1)).join();
        var rest = kinesis.listShards(r -> r.nextToken(page.nextToken())).join();
        check("ListShards", page.shards().get(0).shardId().equals(shard(0)) && rest.shards().get(0).shardId().equals(shard(1)) && rest.nextToken() == null
                && rest.shards().get(0).hashKeyRange().endingHashKey().equals("340282366920938463463374607431768211455"), "a page of one shard and its rest");
    }

    private static void records() {
        var before = Instant.now().minusSeconds(2);
        var all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);
        var first = kinesis.putRecord(r -> r.streamARN(arn).partitionKey("schl\u00fcssel \"\\\u0001").explicitHashKey("0").data(SdkBytes.fromByteArray(all))).join();
        check("PutRecord", first.shardId().equals(shard(0)) && first.sequenceNumber().length() == 56, "into " + first.shardId() + " at " + first.sequenceNumber());
        var entries = IntStream.range(0, 500).mapToObj(i -> PutRecordsRequestEntry.builder().partitionKey("k" + i).explicitHashKey("1")
                .data(SdkBytes.fromByteArray(i == 7 ? new byte[1 << 20] : ("record " + i).repeat(i % 3).getBytes(StandardCharsets.UTF_8))).build()).toList();
        var put = kinesis.putRecords(r -> r.streamName("sdk").records(entries)).join();
        check("PutRecords", put.failedRecordCount() == 0 && put.records().size() == 500 && put.records().stream().allMatch(r -> r.shardId().equals(shard(0))), "500, empty ones and one of 1 MiB among them");

        var iterator = kinesis.getShardIterator(r -> r.streamName("sdk").shardId(shard(0)).shardIteratorType(ShardIteratorType.AT_SEQUENCE_NUMBER)
                .startingSequenceNumber(first.sequenceNumber())).join().shardIterator();
        var got = kinesis.getRecords(r -> r.shardIterator(iterator).limit(600)).join();
        var wrong = IntStream.range(0, 500).filter(i -> !got.records().get(i + 1).data().equals(entries.get(i).data()) || !got.records().get(i + 1).partitionKey().equals("k" + i)
                || !got.records().get(i + 1).sequenceNumber().equals(put.records().get(i).sequenceNumber())).count();
        var head = got.records().get(0);
        check("GetRecords", got.records().size() == 501 && wrong == 0 && Arrays.equals(head.data().asByteArray(), all) && head.partitionKey().equals("schl\u00fcssel \"\\\u0001")
                && got.millisBehindLatest() == 0 && got.nextShardIterator() != null, "501 records byte for byte, " + wrong + " wrong");
        check("GetRecords: arrival", got.records().stream().allMatch(r -> within(r.approximateArrivalTimestamp(), before)), "between now and " + Duration.between(head.approximateArrivalTimestamp(), Instant.now()).toMillis() + " ms ago");

        var arrival = got.records().get(500).approximateArrivalTimestamp();
        pause(20);
        var late = kinesis.putRecord(r -> r.streamName("sdk").partitionKey("late").explicitHashKey("0").data(SdkBytes.fromUtf8String("late"))).join();
        var after = kinesis.getShardIterator(r -> r.streamName("sdk").shardId(shard(0)).shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(arrival.plusMillis(1))).join().shardIterator();
        var since = kinesis.getRecords(r -> r.shardIterator(after)).join().records();
        check("GetShardIterator", since.size() == 1 && since.get(0).sequenceNumber().equals(late.sequenceNumber()), "AT_TIMESTAMP, to the millisecond: 1 record of 502");
    }

    private static void consumers() {
        var before = Instant.now().minusSeconds(2);
        var registered = kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName("fan")).join().consumer();
        consumer = registered.consumerARN();
        check("RegisterStreamConsumer", within(registered.consumerCreationTimestamp(), before) && consumer.startsWith(arn + "/consumer/fan:"), consumer);
        var until = Instant.now().plusSeconds(10);
        while (!kinesis.describeStreamConsumer(r -> r.consumerARN(consumer)).join().consumerDescription().consumerStatus().equals(ConsumerStatus.ACTIVE) && Instant.now().isBefore(until)) {
            pause(50);
        }
        var described = kinesis.describeStreamConsumer(r -> r.streamARN(arn).consumerName("fan")).join().consumerDescription();
        check("DescribeStreamConsumer", described.consumerStatus() == ConsumerStatus.ACTIVE && described.streamARN().equals(arn), described.consumerStatusAsString());
        check("ListStreamConsumers", kinesis.listStreamConsumers(r -> r.streamARN(arn)).join().consumers().get(0).consumerARN().equals(consumer), "one");

        var sub = new Subscription(0, StartingPosition.builder().type(ShardIteratorType.TRIM_HORIZON).build());
        sub.await(502);
        kinesis.putRecord(r -> r.streamName("sdk").partitionKey("pushed").explicitHashKey("0").data(SdkBytes.fromUtf8String("pushed"))).join();
        sub.await(503);
        var last = sub.events.get(sub.events.size() - 1);
        check("SubscribeToShard", sub.records().size() == 503 && sub.records().get(502).data().asUtf8String().equals("pushed") && within(sub.records().get(502).approximateArrivalTimestamp(), before)
                && last.continuationSequenceNumber() != null && last.millisBehindLatest() == 0, "503 records in " + sub.events.size() + " events, continuing at " + last.continuationSequenceNumber());
        var second = new Subscription(0, StartingPosition.builder().type(ShardIteratorType.LATEST).build());
        check("SubscribeToShard: twice", code(second.done::join).equals("ResourceInUseException"), "the second within 5 s is refused");

        kinesis.splitShard(r -> r.streamName("sdk").shardToSplit(shard(0)).newStartingHashKey("1000")).join();
        sub.end();
        var closing = sub.events.get(sub.events.size() - 1);
        check("SubscribeToShard: end", closing.continuationSequenceNumber() == null && ids(closing.childShards()).equals(List.of(shard(2), shard(3))), "no continuation, children " + ids(closing.childShards()));
        check("SplitShard", closing.childShards().get(0).parentShards().equals(List.of(shard(0))) && closing.childShards().get(0).hashKeyRange().endingHashKey().equals("999"), "0 into 2 and 3 at 1000");

        var keys = Map.of(1, "340282366920938463463374607431768211455", 2, "0", 3, "1000");
        keys.forEach((n, key) -> kinesis.putRecord(r -> r.streamName("sdk").partitionKey("k").explicitHashKey(key).data(SdkBytes.fromUtf8String("of " + n))).join());
        var beside = IntStream.rangeClosed(1, 3).mapToObj(n -> new Subscription(n, StartingPosition.builder().type(ShardIteratorType.TRIM_HORIZON).build())).toList();
        beside.forEach(s -> s.await(1));
        var told = beside.stream().map(s -> s.records().stream().map(r -> r.data().asUtf8String()).toList()).toList();
        check("SubscribeToShard: 3 at once", told.equals(List.of(List.of("of 1"), List.of("of 2"), List.of("of 3"))) && beside.stream().noneMatch(s -> s.done.isDone()), "each open, with the record of its shard");
    }

    private static void resharding() {
        kinesis.mergeShards(r -> r.streamName("sdk").shardToMerge(shard(2)).adjacentShardToMerge(shard(3))).join();
        var merged = kinesis.listShards(r -> r.streamName("sdk").shardFilter(f -> f.type(ShardFilterType.AFTER_SHARD_ID).shardId(shard(3)))).join().shards().get(0);
        check("MergeShards", merged.parentShardId().equals(shard(2)) && merged.adjacentParentShardId().equals(shard(3)), merged.shardId() + " of 2 and 3");
        var end = kinesis.getShardIterator(r -> r.streamName("sdk").shardId(shard(2)).shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
        var closed = kinesis.getRecords(r -> r.shardIterator(end)).join();
        check("GetRecords: end", closed.nextShardIterator() == null && ids(closed.childShards()).equals(List.of(shard(4))), "no iterator, child " + ids(closed.childShards()));
        var updated = kinesis.updateShardCount(r -> r.streamName("sdk").targetShardCount(4).scalingType(ScalingType.UNIFORM_SCALING)).join();
        var open = kinesis.listShards(r -> r.streamName("sdk").shardFilter(f -> f.type(ShardFilterType.AT_LATEST))).join().shards();
        check("UpdateShardCount", updated.currentShardCount() == 2 && updated.targetShardCount() == 4 && open.size() == 4, "2 to 4");
        var then = kinesis.listShards(r -> r.streamName("sdk").shardFilter(f -> f.type(ShardFilterType.AT_TIMESTAMP).timestamp(Instant.now()))).join().shards();
        check("ListShards: AT_TIMESTAMP", then.size() == 4, then.size() + " shards open now");
        kinesis.deregisterStreamConsumer(r -> r.consumerARN(consumer)).join();
        check("DeregisterStreamConsumer", kinesis.listStreamConsumers(r -> r.streamARN(arn)).join().consumers().isEmpty()
                || code(() -> kinesis.registerStreamConsumer(r -> r.streamARN(arn).consumerName("fan")).join()).equals("ResourceInUseException"), "gone, or going");
    }

    private static void settings() {
        kinesis.increaseStreamRetentionPeriod(r -> r.streamName("sdk").retentionPeriodHours(48)).join();
        check("IncreaseStreamRetentionPeriod", summary().retentionPeriodHours() == 48, "48 h");
        kinesis.decreaseStreamRetentionPeriod(r -> r.streamName("sdk").retentionPeriodHours(24)).join();
        check("DecreaseStreamRetentionPeriod", summary().retentionPeriodHours() == 24, "24 h");
        kinesis.addTagsToStream(r -> r.streamName("sdk").tags(Map.of("a", "1"))).join();
        check("AddTagsToStream", tags().equals(Map.of("Data", "a text", "SomeTimestamp", "yesterday", "a", "1")), "three tags, two named like members of another type");
        kinesis.removeTagsFromStream(r -> r.streamName("sdk").tagKeys("a", "Data")).join();
        check("RemoveTagsFromStream, ListTagsForStream", tags().equals(Map.of("SomeTimestamp", "yesterday")), "" + tags());
        kinesis.tagResource(r -> r.resourceARN(arn).tags(Map.of("b", "2"))).join();
        check("TagResource", tags().containsKey("b"), "" + tags());
        kinesis.untagResource(r -> r.resourceARN(arn).tagKeys("b")).join();
        var left = kinesis.listTagsForResource(r -> r.resourceARN(arn)).join().tags();
        check("UntagResource, ListTagsForResource", left.size() == 1 && left.get(0).key().equals("SomeTimestamp"), left.size() + " left");
        kinesis.enableEnhancedMonitoring(r -> r.streamName("sdk").shardLevelMetrics(MetricsName.INCOMING_BYTES)).join();
        check("EnableEnhancedMonitoring", summary().enhancedMonitoring().get(0).shardLevelMetrics().equals(List.of(MetricsName.INCOMING_BYTES)), "IncomingBytes");
        kinesis.disableEnhancedMonitoring(r -> r.streamName("sdk").shardLevelMetrics(MetricsName.ALL)).join();
        check("DisableEnhancedMonitoring", summary().enhancedMonitoring().get(0).shardLevelMetrics().isEmpty(), "none");
        kinesis.startStreamEncryption(r -> r.streamName("sdk").encryptionType(EncryptionType.KMS).keyId("alias/aws/kinesis")).join();
        check("StartStreamEncryption", summary().encryptionType() == EncryptionType.KMS, summary().keyId());
        kinesis.stopStreamEncryption(r -> r.streamName("sdk").encryptionType(EncryptionType.KMS).keyId("alias/aws/kinesis")).join();
        check("StopStreamEncryption", summary().encryptionType() == EncryptionType.NONE, "NONE");
        kinesis.updateMaxRecordSize(r -> r.streamARN(arn).maxRecordSizeInKiB(2048)).join();
        check("UpdateMaxRecordSize", summary().maxRecordSizeInKiB() == 2048, "2 MiB");
        kinesis.updateStreamMode(r -> r.streamARN(arn).streamModeDetails(m -> m.streamMode(StreamMode.ON_DEMAND))).join();
        check("UpdateStreamMode", summary().streamModeDetails().streamMode() == StreamMode.ON_DEMAND, "ON_DEMAND");
    }

    private static void refusals() {
        check("refusals", code(() -> kinesis.getRecords(r -> r.shardIterator("AAAA")).join()).equals("InvalidArgumentException")
                && code(() -> kinesis.listShards(r -> r.streamName("none")).join()).equals("ResourceNotFoundException")
                && code(() -> kinesis.getShardIterator(r -> r.streamName("sdk").shardId(shard(1)).shardIteratorType("NEWEST")).join()).equals("ValidationException"),
                "modelled exceptions out of CBOR bodies");
    }

    /** A running SubscribeToShard. */
    private static class Subscription {
        final List<SubscribeToShardEvent> events = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> done;

        Subscription(int shard, StartingPosition from) {
            done = kinesis.subscribeToShard(r -> r.consumerARN(consumer).shardId(shard(shard)).startingPosition(from),
                    SubscribeToShardResponseHandler.builder().subscriber(SubscribeToShardResponseHandler.Visitor.builder().onSubscribeToShardEvent(events::add).build()).build());
        }

        List<software.amazon.awssdk.services.kinesis.model.Record> records() {
            return events.stream().flatMap(e -> e.records().stream()).collect(Collectors.toList());
        }

        void await(int count) {
            for (var until = Instant.now().plusSeconds(20); records().size() < count && Instant.now().isBefore(until) && !done.isDone(); pause(20)) {
            }
        }

        void end() {
            done.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    /** Notes how each operation was asked and answered. */
    private static class Listener implements ExecutionInterceptor {
        @Override
        public void afterTransmission(Context.AfterTransmission c, ExecutionAttributes a) {
            var asked = c.httpRequest().firstMatchingHeader("Content-Type").orElse("none");
            var answered = c.httpResponse().firstMatchingHeader("Content-Type").orElse("none");
            var operation = a.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
            if (!operation.equals("SubscribeToShard")) { // which this SDK asks in JSON always
                CONTENT_TYPES.put(operation, asked + " -> " + answered);
            }
        }
    }

    private static StreamDescriptionSummary summary() {
        return kinesis.describeStreamSummary(r -> r.streamName("sdk")).join().streamDescriptionSummary();
    }

    private static Map<String, String> tags() {
        return kinesis.listTagsForStream(r -> r.streamName("sdk")).join().tags().stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private static List<String> ids(List<ChildShard> children) {
        return children.stream().map(ChildShard::shardId).toList();
    }

    private static boolean within(Instant t, Instant before) {
        return t.isAfter(before) && t.isBefore(Instant.now().plusSeconds(2));
    }

    private static String shard(int number) {
        return String.format("shardId-%012d", number);
    }

    private static String code(Runnable call) {
        try {
            call.run();
            return "none";
        } catch (CompletionException e) {
            return e.getCause() instanceof AwsServiceException s ? s.awsErrorDetails().errorCode() : e.getCause().toString();
        }
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(String operation, boolean agrees, String detail) {
        System.out.printf("{\"operation\":\"%s\",\"agrees\":%b,\"detail\":\"%s\"}%n", operation, agrees, detail.replace("\\", "\\\\").replace("\"", "\\\""));
    }
}
