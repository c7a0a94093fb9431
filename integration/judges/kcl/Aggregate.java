import com.amazonaws.kinesis.agg.AggRecord;
import com.amazonaws.kinesis.agg.RecordAggregator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Aggregates each line of user records and answers it with a line of one Kinesis record. */
public class Aggregate {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      RecordAggregator aggregator = new RecordAggregator();
      for (JsonNode u : json.readTree(line)) {
        String hash = u.get("hash").asText();
        aggregator.addUserRecord(u.get("key").asText(), hash.isEmpty() ? null : hash, Base64.getDecoder().decode(u.get("data").asText()));
      }
      AggRecord r = aggregator.clearAndGet();
      System.out.println(json.writeValueAsString(Map.of("key", r.getPartitionKey(), "data", Base64.getEncoder().encodeToString(r.toRecordBytes()))));
    }
  }
}
