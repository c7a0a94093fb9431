import com.snowflake.ingest.streaming.ChannelStatus;
import com.snowflake.ingest.streaming.OpenChannelResult;
import com.snowflake.ingest.streaming.SFException;
import com.snowflake.ingest.streaming.SnowflakeStreamingIngestChannel;
import com.snowflake.ingest.streaming.SnowflakeStreamingIngestClient;
import com.snowflake.ingest.streaming.SnowflakeStreamingIngestClientFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutionException;

/** Does what it is told with Snowflake's streaming SDK: see driver.py, its twin. */
public class Driver {
  static final ObjectMapper JSON = new ObjectMapper();
  static final Map<String, SnowflakeStreamingIngestClient> clients = new HashMap<>();
  static final Map<String, SnowflakeStreamingIngestChannel> channels = new HashMap<>();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      var answer = "@ " + JSON.writeValueAsString(answer(new Command(line))) + "\n";
      System.out.write(answer.getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  /** One line that was read. */
  static class Command {
    final Map<String, Object> members;

    @SuppressWarnings("unchecked")
    Command(String line) throws Exception {
      members = JSON.readValue(line, Map.class);
    }

    String text(String name) {
      return (String) members.get(name);
    }

    int number(String name) {
      return ((Number) members.get(name)).intValue();
    }

    @SuppressWarnings("unchecked")
    List<String> names() {
      return (List<String>) members.get("channels");
    }

    @SuppressWarnings("unchecked")
    List<Map<String, Object>> rows() {
      return (List<Map<String, Object>>) members.get("rows");
    }

    Properties properties() throws Exception {
      var p = new Properties();
      p.putAll((Map<?, ?>) members.get("properties"));
      p.put("private_key", Files.readString(Path.of(System.getenv("KEY_FILE"))));
      return p;
    }

    SnowflakeStreamingIngestClient client() {
      return clients.get(text("client"));
    }

    String key() {
      return text("client") + "\n" + text("channel");
    }

    SnowflakeStreamingIngestChannel channel() {
      return channels.get(key());
    }

    Duration timeout() {
      return Duration.ofSeconds(members.containsKey("timeout") ? number("timeout") : 60);
    }
  }

  static Map<String, Object> answer(Command c) {
    try {
      return run(c);
    } catch (Throwable e) {
      while (e instanceof ExecutionException && e.getCause() != null) {
        e = e.getCause();
      }
      var name = e instanceof SFException s ? s.getErrorCodeName() : e.getClass().getSimpleName();
      int http = e instanceof SFException s ? s.getHttpStatusCode() : 0;
      return Map.of("error", Map.of("name", name, "http", http, "message", String.valueOf(e.getMessage())));
    }
  }

  static Map<String, Object> run(Command c) throws Exception {
    switch (c.text("do")) {
      case "client" -> {
        var builder = SnowflakeStreamingIngestClientFactory.builder(c.text("name"), c.text("database"), c.text("schema"), c.text("pipe"));
        clients.put(c.text("name"), builder.setProperties(c.properties()).build());
      }
      case "open" -> {
        OpenChannelResult opened = c.client().openChannel(c.text("channel"), c.text("offset"));
        channels.put(c.key(), opened.getChannel());
        return Map.of("status", status(opened.getChannelStatus()));
      }
      case "append" -> c.channel().appendRows(c.rows(), c.text("start"), c.text("end"));
      case "generate" -> generate(c);
      case "native" -> c.channel().appendRow(nativeRow(), "native");
      case "wait" -> {
        var token = new BigInteger(c.text("token"));
        c.channel().waitForCommit(t -> t != null && new BigInteger(t).compareTo(token) >= 0, c.timeout()).get();
        return Map.of("committed", c.channel().getLatestCommittedOffsetToken());
      }
      case "flush" -> c.channel().waitForFlush(c.timeout()).get();
      case "status" -> {
        var found = new HashMap<String, Object>();
        c.client().getChannelStatus(c.names()).getChannelStatusBatch().forEach((name, s) -> found.put(name, status(s)));
        return Map.of("statuses", found);
      }
      case "tokens" -> {
        return Map.of("tokens", c.client().getLatestCommittedOffsetTokens(c.names()));
      }
      case "drop" -> c.client().dropChannel(c.text("channel"));
      case "close_channel" -> channels.remove(c.key()).close(true, c.timeout());
      case "close" -> clients.remove(c.text("client")).close(true, c.timeout()).get();
      case "reset" -> {
        for (var client : clients.values()) {
          client.close(false, Duration.ofSeconds(1));
        }
        clients.clear();
        channels.clear();
      }
      default -> throw new UnsupportedOperationException(c.text("do"));
    }
    return Map.of();
  }

  /** Appends rows {"N": first...} with text that does not compress. */
  static void generate(Command c) {
    int first = c.number("first");
    int end = first + c.number("count");
    var noise = new Random(first);
    var bytes = new byte[c.number("size") / 2];
    for (int begin = first; begin < end; begin += c.number("batch")) {
      int last = Math.min(begin + c.number("batch"), end) - 1;
      var rows = new ArrayList<Map<String, Object>>();
      for (int n = begin; n <= last; n++) {
        noise.nextBytes(bytes);
        rows.add(Map.of("N", n, "V", HexFormat.of().formatHex(bytes)));
      }
      c.channel().appendRows(rows, Integer.toString(begin), Integer.toString(last));
    }
  }

  /** One row of what Java has, to see how the SDK writes it. */
  static Map<String, Object> nativeRow() {
    var list = new ArrayList<Object>();
    list.add(1);
    list.add(2.5);
    list.add(null);
    list.add(true);
    var row = new LinkedHashMap<String, Object>();
    row.put("N", BigInteger.TWO.pow(70));
    row.put("D", new BigDecimal("12345678901234567890.123456789"));
    row.put("B", new byte[] {0, 1, (byte) 0xfe, (byte) 0xff});
    row.put("T", java.time.OffsetDateTime.parse("2026-02-03T04:05:06.789012Z"));
    row.put("DAY", java.time.LocalDate.parse("2026-02-03"));
    row.put("V", Map.of("list", list, "text", "naïve \u2028 \ud83c\udf0b \"quoted\""));
    return row;
  }

  static Map<String, Object> status(ChannelStatus s) {
    var m = new HashMap<String, Object>();
    m.put("database", s.getDatabaseName());
    m.put("schema", s.getSchemaName());
    m.put("pipe", s.getPipeName());
    m.put("channel", s.getChannelName());
    m.put("code", s.getStatusCode());
    m.put("committed", s.getLatestCommittedOffsetToken());
    m.put("created_ms", s.getCreatedOn().toEpochMilli());
    m.put("inserted", s.getRowsInsertedCount());
    m.put("parsed", s.getRowsParsedCount());
    m.put("errors", s.getRowsErrorCount());
    m.put("error_offset", s.getLastErrorOffsetTokenUpperBound());
    m.put("error_message", s.getLastErrorMessage());
    m.put("error_ms", s.getLastErrorTimestamp() == null ? null : s.getLastErrorTimestamp().toEpochMilli());
    return m;
  }
}
