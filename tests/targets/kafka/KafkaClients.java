import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka clients that come, go and work on command, so that their MBeans do. Commands are lines on
 * standard input, each answered by one line, `ok` or `error: …`, when it is done:
 *
 * <pre>
 *   topic NAME PARTITIONS         makes a topic
 *   producer ID                   a new producer with that client-id
 *   produce ID TOPIC COUNT        COUNT records of 100 bytes, one partition after the other; done
 *                                 when the broker has acknowledged all
 *   consumer ID TOPIC             a new consumer of that client-id, subscribed to the topic from its
 *                                 start; done when it has its partitions
 *   subscribe ID TOPIC            to another topic in place of what it had
 *   consume ID COUNT              polls until COUNT records have come
 *   close ID                      closes the client
 * </pre>
 *
 * <p>usage: KafkaClients BOOTSTRAP
 */
public final class KafkaClients {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private final String bootstrap;
  private final Map<String, KafkaProducer<String, String>> producers = new HashMap<>();
  private final Map<String, KafkaConsumer<String, String>> consumers = new HashMap<>();

  private KafkaClients(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] arguments) throws Exception {
    KafkaClients clients = new KafkaClients(arguments[0]);
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer;
      try {
        clients.run(line.split(" "));
        answer = "ok";
      } catch (Exception failure) {
        answer = "error: " + failure;
      }
      System.out.println(answer);
    }
    System.exit(0);
  }

  private void run(String[] words) throws Exception {
    switch (words[0]) {
      case "topic" -> {
        try (Admin admin = Admin.create(settings("admin"))) {
          admin.createTopics(List.of(new NewTopic(words[1], Integer.parseInt(words[2]), (short) 1))).all()
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
      }
      case "producer" -> producers.put(words[1],
          new KafkaProducer<>(settings(words[1]), new StringSerializer(), new StringSerializer()));
      case "produce" -> produce(producers.get(words[1]), words[2], Integer.parseInt(words[3]));
      case "consumer" -> {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
            settings(words[1]), new StringDeserializer(), new StringDeserializer());
        consumers.put(words[1], consumer);
        subscribe(consumer, words[2]);
      }
      case "subscribe" -> subscribe(consumers.get(words[1]), words[2]);
      case "consume" -> consume(consumers.get(words[1]), Integer.parseInt(words[2]));
      case "close" -> close(words[1]);
      default -> throw new IllegalArgumentException("no such command: " + words[0]);
    }
  }

  /**
   * Without idempotence: a partition that has just been made can take a producer's second batch before its
   * first, which an idempotent producer does not get over.
   */
  private Map<String, Object> settings(String id) {
    return Map.of("bootstrap.servers", bootstrap, "client.id", id, "group.id", "group-" + id,
        "auto.offset.reset", "earliest", "default.api.timeout.ms", 20000, "delivery.timeout.ms", 20000,
        "request.timeout.ms", 10000, "linger.ms", 5, "enable.idempotence", false);
  }

  private static void produce(KafkaProducer<String, String> producer, String topic, int count) throws Exception {
    int partitions = producer.partitionsFor(topic).size();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, null, "x".repeat(100))));
    }
    producer.flush();
    for (Future<RecordMetadata> each : sent) each.get();
  }

  /** Waits until the partitions are assigned. */
  private static void subscribe(KafkaConsumer<String, String> consumer, String topic) {
    consumer.subscribe(List.of(topic));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.assignment().stream().noneMatch(partition -> partition.topic().equals(topic))) {
      if (System.nanoTime() > end) throw new IllegalStateException("no partition of " + topic);
      consumer.poll(Duration.ZERO);
    }
  }

  private static void consume(KafkaConsumer<String, String> consumer, int count) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int seen = 0; seen < count; ) {
      if (System.nanoTime() > end) throw new IllegalStateException("only " + seen + " records came");
      seen += consumer.poll(POLL).count();
    }
  }

  private void close(String id) {
    KafkaProducer<String, String> producer = producers.remove(id);
    if (producer != null) producer.close(PATIENCE);
    KafkaConsumer<String, String> consumer = consumers.remove(id);
    if (consumer != null) consumer.close();
    if (producer == null && consumer == null) throw new IllegalArgumentException("no such client: " + id);
  }
}
