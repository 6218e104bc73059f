import java.io.BufferedReader;
import java.io.Externalizable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.Descriptor;
import javax.management.DynamicMBean;
import javax.management.ImmutableDescriptor;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/**
 * A JMX target whose MBeans come, go and change on command. Commands are lines on standard input,
 * each answered by one line, `ok` or `error: …`, when it is done:
 *
 * <pre>
 *   register [immutable] NAME ATTRIBUTE=VALUE…   a new MBean; immutable promises a fixed MBeanInfo
 *   unregister NAME
 *   replace NAME ATTRIBUTE=VALUE…                the same MBean with other attributes, in place
 *   set NAME ATTRIBUTE=VALUE                     another value
 *   fill COUNT [TEXT]                            COUNT MBeans fill:type=Fill,name=TEXTN with Value=N
 *   reads NAME                                   `ok N`: how often the attributes were asked for
 *   describes NAME                               `ok N`: how often its MBeanInfo was asked for
 *   info NAME throw|block|fine                   what asking for its MBeanInfo does from now on
 *   waiting NAME                                 `ok N`: how many callers a `block` holds
 *   release                                      lets go whoever waits in a `block`
 *   serve PORT [timeout=MS] [refuse-listeners]   one more JMX port, whose sessions end after a time
 *                                without a call, or may not listen to notifications
 *   accepted                                     `ok N`: how many connections that port has accepted
 *   churn PER_SECOND                             from now on, until `churn 0`: MBeans churn:name=I come,
 *                                go, and come again at once, as they were or with other attributes
 *   burst COUNT                                  as many MBeans come and go at once
 *   exit-on-read NAME                            the JVM halts when the MBean is read next
 *   exit                                         the JVM halts
 * </pre>
 *
 * Words are parted by blanks, or by tabs if the line has any. VALUE is KIND or KIND:TEXT: int long
 * double string bool date (milliseconds) null throw error (what the getter does) unserializable
 * half (fails to be serialized half way) unknown external misleading (values that a reader cannot
 * take; the last says that it is longer than it is) block (until `release`) sleep:MS
 * name:OBJECTNAME (of a class that makes no sample) float decimal table:KEY/NUMBER,…
 * composite:ITEM/NUMBER,… and, for large ones, long-string:BYTES long-array:BYTES
 * long-composite:BYTES (items `text` and `number`) long-table:ROWS
 */
public final class MutableTarget {
  private static volatile CountDownLatch gate = new CountDownLatch(1);
  private static final ThreadLocal<CountDownLatch> entered = new ThreadLocal<>();

  /** A class that no reader has. */
  public enum Unknown { HERE }

  /** A class that no reader has, and whose data only it can read. */
  public static final class External implements Externalizable {
    private static final long serialVersionUID = 1;

    public External() {}

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
      out.writeInt(7);
    }

    @Override
    public void readExternal(ObjectInput in) {}
  }

  /** Writes other data than it announces: what stands for its field begins a text of 32 KB. */
  public static final class Misleading implements Serializable {
    private static final long serialVersionUID = 1;
    private static final long DATA = 0x747f;
    private final double number = 1;

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.writeLong(DATA);
    }
  }

  /** An MBean made of a map; every call sees the map of that moment. */
  private static final class Bean implements DynamicMBean {
    private final boolean immutable;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger describes = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Map<String, Supplier<Object>> attributes = Map.of();
    private volatile boolean exitOnRead;
    private volatile String infoDoes = "fine";

    Bean(boolean immutable) {
      this.immutable = immutable;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
      Supplier<Object> value = attributes.get(name);
      if (value == null) throw new AttributeNotFoundException(name);
      return value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
      reads.incrementAndGet();
      if (exitOnRead) Runtime.getRuntime().halt(0);
      // Before the call counts as waiting: who sees that and says `release` means this gate.
      entered.set(gate);
      waiting.incrementAndGet();
      try {
        AttributeList list = new AttributeList();
        for (String name : names) {
          try {
            list.add(new Attribute(name, getAttribute(name)));
          } catch (AttributeNotFoundException | RuntimeException missing) {
            // Left out, as the JDK's own MBeans do.
          }
        }
        return list;
      } finally {
        entered.remove();
        waiting.decrementAndGet();
      }
    }

    @Override
    public MBeanInfo getMBeanInfo() {
      describes.incrementAndGet();
      if (infoDoes.equals("throw")) throw new IllegalStateException("this MBeanInfo throws");
      if (infoDoes.equals("block")) block();
      List<MBeanAttributeInfo> infos = new ArrayList<>();
      for (String name : attributes.keySet()) {
        infos.add(new MBeanAttributeInfo(name, "java.lang.Object", "About " + name, true, false, false));
      }
      Descriptor descriptor = immutable
          ? new ImmutableDescriptor("immutableInfo=true") : ImmutableDescriptor.EMPTY_DESCRIPTOR;
      return new MBeanInfo(Bean.class.getName(), "A bean of the test", infos.toArray(new MBeanAttributeInfo[0]),
          null, null, null, descriptor);
    }

    @Override
    public void setAttribute(Attribute attribute) {
      throw new UnsupportedOperationException("a reader must not write");
    }

    @Override
    public AttributeList setAttributes(AttributeList list) {
      throw new UnsupportedOperationException("a reader must not write");
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) {
      throw new UnsupportedOperationException("a reader must not invoke");
    }
  }

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final Map<String, Bean> beans = new LinkedHashMap<>();
  private CountedConnector connector;
  private volatile Thread churner;

  public static void main(String[] arguments) throws Exception {
    MutableTarget target = new MutableTarget();
    for (String command : arguments) target.run(command);
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer;
      try {
        answer = "ok " + target.run(line);
      } catch (Exception failure) {
        answer = "error: " + failure;
      }
      System.out.println(answer.strip());
    }
    Thread.sleep(Long.MAX_VALUE);
  }

  private String run(String line) throws Exception {
    String[] words = line.split(line.indexOf('\t') < 0 ? " " : "\t");
    switch (words[0]) {
      case "register" -> {
        int first = words[1].equals("immutable") ? 1 : 0;
        Bean bean = new Bean(first == 1);
        bean.attributes = attributes(words, first + 2);
        server.registerMBean(bean, new ObjectName(words[first + 1]));
        beans.put(words[first + 1], bean);
      }
      case "unregister" -> {
        server.unregisterMBean(new ObjectName(words[1]));
        beans.remove(words[1]);
      }
      case "replace" -> bean(words[1]).attributes = attributes(words, 2);
      case "set" -> {
        Map<String, Supplier<Object>> changed = new LinkedHashMap<>(bean(words[1]).attributes);
        changed.putAll(attributes(words, 2));
        bean(words[1]).attributes = changed;
      }
      case "fill" -> {
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
          Bean bean = new Bean(true);
          bean.attributes = attributes(new String[] {"Value=long:" + i}, 0);
          String text = words.length > 2 ? words[2] : "";
          server.registerMBean(bean, new ObjectName("fill:type=Fill,name=" + text + i));
        }
      }
      case "reads" -> {
        return String.valueOf(bean(words[1]).reads.get());
      }
      case "info" -> bean(words[1]).infoDoes = words[2];
      case "describes" -> {
        return String.valueOf(bean(words[1]).describes.get());
      }
      case "waiting" -> {
        return String.valueOf(bean(words[1]).waiting.get());
      }
      case "release" -> {
        CountDownLatch old = gate;
        gate = new CountDownLatch(1);
        old.countDown();
      }
      case "serve" -> {
        long timeout = 0;
        boolean refuse = false;
        for (int i = 2; i < words.length; i++) {
          if (words[i].startsWith("timeout=")) timeout = Long.parseLong(words[i].substring(8));
          refuse |= words[i].equals("refuse-listeners");
        }
        connector = new CountedConnector(server, Integer.parseInt(words[1]), timeout, refuse);
      }
      case "accepted" -> {
        return String.valueOf(connector.accepted.get());
      }
      case "churn" -> churn(Integer.parseInt(words[1]));
      case "burst" -> {
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
          ObjectName name = new ObjectName("churn:type=Burst,name=" + i);
          server.registerMBean(new Bean(true), name);
          server.unregisterMBean(name);
        }
      }
      case "exit-on-read" -> bean(words[1]).exitOnRead = true;
      case "exit" -> Runtime.getRuntime().halt(0);
      default -> throw new IllegalArgumentException("no such command: " + words[0]);
    }
    return "";
  }

  /** Registrations and unregistrations, so many a second. */
  private void churn(int perSecond) throws InterruptedException {
    Thread old = churner;
    churner = null;
    if (old != null) old.join();
    if (perSecond == 0) return;
    Thread next = new Thread(() -> {
      long start = System.nanoTime();
      try {
        for (long count = 0; churner == Thread.currentThread(); count++) {
          churnOne(count);
          long due = start + (count + 1) * 1_000_000_000L / perSecond;
          TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
      } catch (Exception failure) {
        failure.printStackTrace();
      }
    });
    next.setDaemon(true);
    churner = next;
    next.start();
  }

  private void churnOne(long count) throws Exception {
    ObjectName name = new ObjectName("churn:type=Churn,name=" + count / 2 % 50);
    if (count % 2 == 0) {
      if (server.isRegistered(name)) server.unregisterMBean(name);
      return;
    }
    Bean bean = new Bean(count / 100 % 2 == 0);
    bean.attributes = attributes(new String[] {"Value=long:" + count, "Extra" + count / 200 % 3 + "=int:1"}, 0);
    server.registerMBean(bean, name);
  }

  private Bean bean(String name) {
    Bean bean = beans.get(name);
    if (bean == null) throw new IllegalArgumentException("no such MBean: " + name);
    return bean;
  }

  private static Map<String, Supplier<Object>> attributes(String[] words, int first) throws OpenDataException {
    Map<String, Supplier<Object>> attributes = new LinkedHashMap<>();
    for (int i = first; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      attributes.put(words[i].substring(0, equals), value(words[i].substring(equals + 1)));
    }
    return attributes;
  }

  private static Supplier<Object> value(String text) throws OpenDataException {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String of = colon < 0 ? "" : text.substring(colon + 1);
    return switch (kind) {
      case "int" -> constant(Integer.valueOf(of));
      case "long" -> constant(Long.valueOf(of));
      case "float" -> constant(Float.valueOf(of));
      case "decimal" -> constant(new BigDecimal(of));
      case "double" -> constant(Double.valueOf(of));
      case "string" -> constant(of);
      case "bool" -> constant(Boolean.valueOf(of));
      case "date" -> constant(new Date(Long.parseLong(of)));
      case "name" -> constant(objectName(of));
      case "null" -> constant(null);
      case "unknown" -> constant(Unknown.HERE);
      case "misleading" -> constant(new Misleading());
      case "half" -> constant(new Object[] {"a".repeat(100_000), new Object()});
      case "external" -> constant(new External());
      case "unserializable" -> constant(new Object());
      case "table" -> constant(table(of));
      case "composite" -> constant(composite(of));
      case "long-string" -> constant("a".repeat(Integer.parseInt(of)));
      case "long-array" -> constant(new byte[Integer.parseInt(of)]);
      case "long-composite" -> constant(longComposite(Integer.parseInt(of)));
      case "long-table" -> constant(longTable(Integer.parseInt(of)));
      case "throw" -> () -> {
        throw new IllegalStateException("this getter throws");
      };
      case "error" -> () -> {
        throw new NoClassDefFoundError("this getter throws an Error");
      };
      case "block" -> MutableTarget::block;
      case "sleep" -> () -> sleep(Long.parseLong(of));
      default -> throw new IllegalArgumentException("no such value: " + text);
    };
  }

  private static Supplier<Object> constant(Object value) {
    return () -> value;
  }

  private static ObjectName objectName(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException error) {
      throw new IllegalArgumentException(error);
    }
  }

  private static Object block() {
    CountDownLatch own = entered.get();
    try {
      (own == null ? gate : own).await();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private static Object sleep(long milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
    return milliseconds;
  }

  /** KEY/NUMBER,…: a table with the index `key` and the column `value`, as MXBeans show maps. */
  private static TabularDataSupport table(String text) throws OpenDataException {
    String[] columns = {"key", "value"};
    CompositeType row = new CompositeType("Row", "A row", columns, columns,
        new OpenType<?>[] {SimpleType.STRING, SimpleType.LONG});
    TabularDataSupport table = new TabularDataSupport(
        new TabularType("Table", "A table", row, new String[] {"key"}));
    for (String entry : text.isEmpty() ? new String[0] : text.split(",")) {
      String[] parts = entry.split("/");
      table.put(new CompositeDataSupport(row, columns, new Object[] {parts[0], Long.valueOf(parts[1])}));
    }
    return table;
  }

  private static TabularDataSupport longTable(int rows) throws OpenDataException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) text.append(i == 0 ? "" : ",").append("row").append(i).append('/').append(i);
    return table(text.toString());
  }

  private static CompositeData longComposite(int bytes) throws OpenDataException {
    String[] items = {"number", "text"};
    CompositeType type = new CompositeType("Long", "A long one", items, items,
        new OpenType<?>[] {SimpleType.LONG, SimpleType.STRING});
    return new CompositeDataSupport(type, items, new Object[] {1L, "a".repeat(bytes)});
  }

  private static CompositeData composite(String text) throws OpenDataException {
    String[] entries = text.split(",");
    String[] items = new String[entries.length];
    OpenType<?>[] types = new OpenType<?>[entries.length];
    Object[] values = new Object[entries.length];
    for (int i = 0; i < entries.length; i++) {
      String[] parts = entries[i].split("/");
      items[i] = parts[0];
      types[i] = SimpleType.LONG;
      values[i] = Long.valueOf(parts[1]);
    }
    CompositeType type = new CompositeType("Composite", "A composite", items, items, types);
    return new CompositeDataSupport(type, items, values);
  }
}
