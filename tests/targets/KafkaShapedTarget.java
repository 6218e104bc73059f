import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.ImmutableDescriptor;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A load with the shape of a Kafka broker's: of nine MBeans one is a BrokerTopicMetrics meter (count,
 * four rates, two texts), one a RequestMetrics histogram of which nine numbers are served, and seven
 * are the Log gauges of partitions: 5 + 9 + 7 = 21 numbers.
 *
 * <p>usage: KafkaShapedTarget COUNT [dynamic|counted]. With `dynamic` the MBeans do not promise that
 * their MBeanInfo stays, as the MBeans of Kafka's clients do not. With `counted` they do, and each line
 * on standard input is answered `ok N`: how often a MBeanInfo has been asked for.
 */
public final class KafkaShapedTarget {
  public interface MeterMBean {
    long getCount();
    double getMeanRate();
    double getOneMinuteRate();
    double getFiveMinuteRate();
    double getFifteenMinuteRate();
    String getRateUnit();
    String getEventType();
  }

  public static final class Meter implements MeterMBean {
    private final long start;

    Meter(long start) {
      this.start = start;
    }

    @Override public long getCount() {
      return start + System.nanoTime() / 1_000_000;
    }
    @Override public double getMeanRate() {
      return start + 0.25;
    }
    @Override public double getOneMinuteRate() {
      return start + 1.125;
    }
    @Override public double getFiveMinuteRate() {
      return start + 5.0625;
    }
    @Override public double getFifteenMinuteRate() {
      return start + 15.015625;
    }
    @Override public String getRateUnit() {
      return "SECONDS";
    }
    @Override public String getEventType() {
      return "bytes";
    }
  }

  public interface GaugeMBean {
    Object getValue();
  }

  public record Gauge(long value) implements GaugeMBean {
    @Override public Object getValue() {
      return value;
    }
  }

  public interface HistogramMBean {
    long getCount();
    double getMean();
    double getMax();
    double getMin();
    double getStdDev();
    double get50thPercentile();
    double get95thPercentile();
    double get99thPercentile();
    double get999thPercentile();
  }

  public static final class Histogram implements HistogramMBean {
    private final double at;

    Histogram(double at) {
      this.at = at;
    }

    @Override public long getCount() {
      return (long) at + System.nanoTime() / 1_000_000;
    }
    @Override public double getMean() {
      return at + 0.1;
    }
    @Override public double getMax() {
      return at + 900.3;
    }
    @Override public double getMin() {
      return 0.0;
    }
    @Override public double getStdDev() {
      return at / 3;
    }
    @Override public double get50thPercentile() {
      return at + 5;
    }
    @Override public double get95thPercentile() {
      return at + 95;
    }
    @Override public double get99thPercentile() {
      return at + 99;
    }
    @Override public double get999thPercentile() {
      return at + 99.9;
    }
  }

  private static final AtomicLong DESCRIBED = new AtomicLong();

  /** The same attributes, by a map; its MBeanInfo is immutable only if it says so. */
  private static final class DynamicBean implements DynamicMBean {
    private final Map<String, Object> values;
    private final boolean immutable;

    DynamicBean(Map<String, Object> values, boolean immutable) {
      this.values = values;
      this.immutable = immutable;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
      Object value = values.get(name);
      if (value == null) throw new AttributeNotFoundException(name);
      return value;
    }

    @Override
    public AttributeList getAttributes(String[] names) {
      AttributeList list = new AttributeList(names.length);
      for (String name : names) {
        Object value = values.get(name);
        if (value != null) list.add(new Attribute(name, value));
      }
      return list;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
      DESCRIBED.incrementAndGet();
      List<MBeanAttributeInfo> infos = new ArrayList<>();
      for (Map.Entry<String, Object> each : values.entrySet()) {
        infos.add(new MBeanAttributeInfo(
            each.getKey(), each.getValue().getClass().getName(), "", true, false, false));
      }
      return new MBeanInfo(DynamicBean.class.getName(), "", infos.toArray(new MBeanAttributeInfo[0]), null,
          null, null, new ImmutableDescriptor("immutableInfo=" + immutable));
    }

    @Override
    public void setAttribute(Attribute attribute) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) {
      throw new UnsupportedOperationException("read only");
    }
  }

  private static Object dynamic(String kind, int i, boolean immutable) {
    Map<String, Object> values = new LinkedHashMap<>();
    switch (kind) {
      case "meter" -> {
        values.put("Count", (long) i);
        for (String rate : List.of("MeanRate", "OneMinuteRate", "FiveMinuteRate", "FifteenMinuteRate")) {
          values.put(rate, i + 0.25);
        }
        values.put("RateUnit", "SECONDS");
        values.put("EventType", "bytes");
      }
      case "histogram" -> {
        values.put("Count", (long) i);
        for (String each : List.of("Mean", "Max", "Min", "StdDev", "50thPercentile", "95thPercentile",
            "99thPercentile", "999thPercentile")) {
          values.put(each, i + 0.125);
        }
      }
      default -> values.put("Value", (long) i);
    }
    return new DynamicBean(values, immutable);
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    boolean dynamic = arguments.length > 1;
    boolean immutable = dynamic && arguments[1].equals("counted");
    String[] meters = {"BytesInPerSec", "BytesOutPerSec", "MessagesInPerSec", "TotalFetchRequestsPerSec"};
    String[] logs = {"Size", "LogEndOffset", "LogStartOffset", "NumLogSegments"};
    String[] times = {"TotalTimeMs", "LocalTimeMs", "RemoteTimeMs", "RequestQueueTimeMs", "ResponseSendTimeMs"};
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    for (int i = 0; i < count; i++) {
      int group = i / 9;
      String name;
      Object bean;
      switch (i % 9) {
        case 0 -> {
          name = "kafka.server:type=BrokerTopicMetrics,name=" + meters[group % meters.length] + ",topic=topic-" + group;
          bean = dynamic ? dynamic("meter", i, immutable) : new Meter(i);
        }
        case 1 -> {
          name = "kafka.network:type=RequestMetrics,name=" + times[group % times.length] + ",request=Request" + group;
          bean = dynamic ? dynamic("histogram", i, immutable) : new Histogram(i);
        }
        default -> {
          name = "kafka.log:type=Log,name=" + logs[i % logs.length] + ",topic=topic-" + group + ",partition=" + i % 9;
          bean = dynamic ? dynamic("gauge", i, immutable) : new Gauge(i);
        }
      }
      server.registerMBean(bean, new ObjectName(name));
    }
    System.out.println("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (commands.readLine() != null) System.out.println("ok " + DESCRIBED.get());
    Thread.sleep(Long.MAX_VALUE);
  }
}
