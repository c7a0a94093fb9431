import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * One worker of a KCL 3 application. It says what happens to it in lines of
 * JSON and judges nothing. It ends, gracefully, when its standard input does.
 */
public class KclWorker {
    private static final String WORKER = env("WORKER");
    private static final boolean HOLD = env("HOLD").equals("true");

    public static void main(String[] args) throws Exception {
        var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
        var kinesis = KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder()
                .region(Region.US_EAST_1).credentialsProvider(credentials).endpointOverride(URI.create(env("KINESIS"))));
        var dynamo = DynamoDbAsyncClient.builder()
                .region(Region.US_EAST_1).credentialsProvider(credentials).endpointOverride(URI.create(env("DYNAMODB"))).build();
        var cloudwatch = CloudWatchAsyncClient.builder() // asked of nothing, but has to be there
                .region(Region.US_EAST_1).credentialsProvider(credentials).endpointOverride(URI.create("http://127.0.0.1:9")).build();
        var start = InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        var tracker = new SingleStreamTracker(StreamIdentifier.singleStreamInstance(env("STREAM")), start);
        var configs = new ConfigsBuilder(tracker, env("APPLICATION"), kinesis, dynamo, cloudwatch, WORKER, Processor::new);

        var retrieval = configs.retrievalConfig();
        if (env("MODE").equals("polling")) {
            retrieval.retrievalSpecificConfig(new PollingConfig(env("STREAM"), kinesis).idleTimeBetweenReadsInMillis(250));
        } else {
            retrieval.retrievalSpecificConfig(new FanOutConfig(kinesis).streamName(env("STREAM")).applicationName(env("APPLICATION")));
        }
        // Everything that waits for tens of seconds in a fleet waits for few here.
        var leases = configs.leaseManagementConfig()
                .failoverTimeMillis(4000).leaseAssignmentIntervalMillis(1000L).shardSyncIntervalMillis(5000)
                .leasesRecoveryAuditorExecutionFrequencyMillis(5000)
                .dynamoDbLockBasedLeaderLeaseDurationInMillis(6000).dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(1500)
                .cleanupLeasesUponShardCompletion(false);
        leases.workerUtilizationAwareAssignmentConfig().workerMetricsReporterFreqInMillis(1000).inMemoryWorkerMetricsCaptureFrequencyMillis(500);
        var coordinator = configs.coordinatorConfig().parentShardPollIntervalMillis(1000).shardConsumerDispatchPollIntervalMillis(250);

        var scheduler = new Scheduler(configs.checkpointConfig(), coordinator, leases, configs.lifecycleConfig(),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(), retrieval);
        var worker = new Thread(scheduler, "scheduler");
        worker.start();
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        var graceful = scheduler.startGracefulShutdown().get();
        worker.join(Duration.ofSeconds(10).toMillis());
        say("\"event\":\"stopped\",\"graceful\":" + graceful);
        System.exit(0);
    }

    static class Processor implements ShardRecordProcessor {
        private String shard;

        @Override
        public void initialize(InitializationInput in) {
            shard = in.shardId();
            say("\"event\":\"started\",\"shard\":\"%s\",\"sequence\":\"%s\",\"sub\":%d", shard,
                    in.extendedSequenceNumber().sequenceNumber(), in.extendedSequenceNumber().subSequenceNumber());
        }

        /**
         * Says each record, then checkpoints at the last one. Where HOLD is set, a
         * record "hold" is where it checkpoints in front of it and stands still.
         */
        @Override
        public void processRecords(ProcessRecordsInput in) {
            KinesisClientRecord last = null;
            for (var r : in.records()) {
                var data = new byte[r.data().remaining()];
                r.data().get(data);
                say("\"event\":\"record\",\"shard\":\"%s\",\"sequence\":\"%s\",\"sub\":%d,\"aggregated\":%b,\"key\":\"%s\",\"hash\":\"%s\",\"data\":\"%s\",\"arrival\":%d",
                        shard, r.sequenceNumber(), r.subSequenceNumber(), r.aggregated(), base64(r.partitionKey().getBytes(StandardCharsets.UTF_8)),
                        r.explicitHashKey() == null ? "" : r.explicitHashKey(), base64(data), r.approximateArrivalTimestamp().toEpochMilli());
                if (HOLD && new String(data, StandardCharsets.UTF_8).equals("hold")) {
                    checkpoint(last, in.checkpointer());
                    say("\"event\":\"held\",\"shard\":\"%s\"", shard);
                    new CompletableFuture<Void>().join();
                }
                last = r;
            }
            if (last != null) {
                checkpoint(last, in.checkpointer());
            }
        }

        private void checkpoint(KinesisClientRecord at, RecordProcessorCheckpointer checkpointer) {
            try {
                checkpointer.checkpoint(at.sequenceNumber(), at.subSequenceNumber());
                say("\"event\":\"checkpoint\",\"shard\":\"%s\",\"sequence\":\"%s\",\"sub\":%d", shard, at.sequenceNumber(), at.subSequenceNumber());
            } catch (InvalidStateException | ShutdownException e) {
                say("\"event\":\"unable\",\"shard\":\"%s\",\"why\":\"%s\"", shard, e.getClass().getSimpleName());
            }
        }

        @Override
        public void leaseLost(LeaseLostInput in) {
            say("\"event\":\"lost\",\"shard\":\"%s\"", shard);
        }

        @Override
        public void shardEnded(ShardEndedInput in) {
            try {
                in.checkpointer().checkpoint();
                say("\"event\":\"ended\",\"shard\":\"%s\"", shard);
            } catch (InvalidStateException | ShutdownException e) {
                say("\"event\":\"unable\",\"shard\":\"%s\",\"why\":\"%s\"", shard, e.getClass().getSimpleName());
            }
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput in) {
            say("\"event\":\"requested\",\"shard\":\"%s\"", shard);
        }
    }

    private static String base64(byte[] b) {
        return Base64.getEncoder().encodeToString(b);
    }

    private static String env(String name) {
        var value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }

    private static synchronized void say(String format, Object... values) {
        System.out.println("{\"worker\":\"" + WORKER + "\"," + (values.length == 0 ? format : String.format(format, values)) + "}");
    }
}
