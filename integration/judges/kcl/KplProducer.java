import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordFailedException;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * Puts user records through the KPL and its native daemon, and says in lines
 * of JSON what became of each. It judges nothing.
 */
public class KplProducer {
    record Sent(String key, String hash, byte[] data, ListenableFuture<UserRecordResult> result) {}

    public static void main(String[] args) throws Exception {
        var port = Long.parseLong(env("PORT"));
        var config = new KinesisProducerConfiguration()
                .setRegion("us-east-1")
                .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .setKinesisEndpoint("localhost").setKinesisPort(port)
                .setStsEndpoint("localhost").setStsPort(port)
                .setCloudwatchEndpoint("localhost").setCloudwatchPort(port).setMetricsLevel("none")
                .setVerifyCertificate(true).setCaCertFile(env("CA")).setCaCertPath(env("CADIR"))
                .setTempDirectory(env("TEMP"))
                .setAggregationEnabled(true).setAggregationMaxCount(Long.parseLong(env("AGGREGATE")))
                .setRecordMaxBufferedTime(200).setRecordTtl(30000).setRequestTimeout(10000)
                .setLogLevel("info");
        var producer = new KinesisProducer(config);
        var count = Integer.parseInt(env("RECORDS"));
        // Before its first ListShards the daemon puts user records alone, and
        // forgets the explicit hash keys of some (seen with 1.1.1).
        put(producer, 0, 1);
        put(producer, 1, count / 2);
        System.out.println("{\"event\":\"half\"}");
        System.in.read();
        put(producer, count / 2, count);
        producer.destroy();
        System.exit(0);
    }

    /** Puts the user records from one number on up to another, and waits for what comes of them. */
    private static void put(KinesisProducer producer, int from, int to) throws Exception {
        var sent = new ArrayList<Sent>();
        for (int i = from; i < to; i++) {
            var key = i % 7 == 0 ? "schl\u00fcssel-" + i % 5 : "key-" + i % 40;
            var hash = i % 11 == 0 ? "340282366920938463463374607431768211455" : null;
            var data = data(i);
            sent.add(new Sent(key, hash, data, producer.addUserRecord(env("STREAM"), key, hash, ByteBuffer.wrap(data))));
        }
        producer.flush();
        for (var s : sent) {
            var line = "\"key\":\"" + base64(s.key.getBytes(StandardCharsets.UTF_8)) + "\",\"hash\":\"" + (s.hash == null ? "" : s.hash) + "\",\"data\":\"" + base64(s.data) + "\"";
            try {
                var r = s.result.get(60, TimeUnit.SECONDS);
                System.out.printf("{\"event\":\"put\",%s,\"shard\":\"%s\",\"sequence\":\"%s\",\"attempts\":%d}%n", line, r.getShardId(), r.getSequenceNumber(), r.getAttempts().size());
            } catch (ExecutionException e) {
                var why = e.getCause() instanceof UserRecordFailedException f ? f.getResult().getAttempts().toString() : e.toString();
                System.out.printf("{\"event\":\"failed\",%s,\"why\":\"%s\"}%n", line, why.replaceAll("[^ -!#-\\[\\]-~]", " "));
            }
        }
    }

    /** Mostly small records, an empty one, and one that is too large for an aggregate of its neighbours. */
    private static byte[] data(int i) {
        if (i == 3) {
            return new byte[0];
        }
        if (i == 5) {
            var large = new byte[200_000];
            for (int j = 0; j < large.length; j++) {
                large[j] = (byte) (j * 31);
            }
            return large;
        }
        return ("{\"n\":" + i + ",\"text\":\"\u00e9t\u00e9 " + "x".repeat(i % 90) + "\"}").getBytes(StandardCharsets.UTF_8);
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
}
