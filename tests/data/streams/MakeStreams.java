// Writes the serialization streams that the tests of src/jmx decode. Each case is written twice:
// NAME.v2.bin as ObjectOutputStream writes it, NAME.v1.bin as RMI does: protocol version 1, each
// class annotated with a null, or with the codebase where there is one.
//
//   for jdk in 17 25: java -Duser.timezone=UTC MakeStreams.java FOLDER
//   and once more:    java -Djmx.serial.form=1.0 MakeStreams.java FOLDER compat
import java.io.*;
import java.lang.management.*;
import java.lang.reflect.Proxy;
import java.math.*;
import java.nio.file.*;
import java.time.*;
import java.time.chrono.*;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.function.*;
import javax.management.*;
import javax.management.modelmbean.*;
import javax.management.openmbean.*;

public class MakeStreams {
  // Classes that no reader but this program has.
  static class Widget implements Serializable { int size = 3; String label = "w"; }
  static class Gadget extends Number {
    public int intValue() { return 1; }
    public long longValue() { return 1; }
    public float floatValue() { return 1; }
    public double doubleValue() { return 1; }
  }
  enum Color { RED, GREEN { @Override public String toString() { return "grass"; } } }
  static class Handler implements java.lang.reflect.InvocationHandler, Serializable {
    public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] args) { return null; }
  }
  static class Special implements Externalizable {
    public Special() {}
    public void writeExternal(ObjectOutput out) throws IOException { out.writeInt(7); }
    public void readExternal(ObjectInput in) {}
  }

  static class Marshal extends ObjectOutputStream {
    private final String codebase;
    Marshal(OutputStream out, String codebase) throws IOException {
      super(out);
      this.codebase = codebase;
      useProtocolVersion(ObjectStreamConstants.PROTOCOL_VERSION_1);
    }
    @Override protected void annotateClass(Class<?> type) throws IOException { writeObject(codebase); }
    @Override protected void annotateProxyClass(Class<?> type) throws IOException { writeObject(codebase); }
  }

  static Path folder;

  static void put(String name, Object value) throws IOException { put(name, value, null); }

  static void put(String name, Object value, String codebase) throws IOException {
    for (int version = 1; version <= 2; ++version) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out =
          version == 1 ? new Marshal(bytes, codebase) : new ObjectOutputStream(bytes)) {
        out.writeObject(value);
      } catch (NotSerializableException expected) {
        System.out.println(name + ": " + expected);
      }
      Files.write(folder.resolve(name + ".v" + version + ".bin"), bytes.toByteArray());
    }
  }

  static AttributeList list(Object... namesAndValues) {
    AttributeList list = new AttributeList();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      list.add(new Attribute((String) namesAndValues[i], namesAndValues[i + 1]));
    }
    return list;
  }

  static CompositeData composite(String type, String description, Object... namesAndValues) throws Exception {
    int count = namesAndValues.length / 2;
    String[] names = new String[count];
    Object[] values = new Object[count];
    OpenType<?>[] types = new OpenType<?>[count];
    for (int i = 0; i < count; ++i) {
      names[i] = (String) namesAndValues[2 * i];
      values[i] = namesAndValues[2 * i + 1];
      if (values[i] instanceof CompositeData c) types[i] = c.getCompositeType();
      else if (values[i] instanceof TabularData t) types[i] = t.getTabularType();
      else if (values[i] instanceof Integer || values[i] == null) types[i] = SimpleType.INTEGER;
      else if (values[i] instanceof Long) types[i] = SimpleType.LONG;
      else if (values[i] instanceof Double) types[i] = SimpleType.DOUBLE;
      else if (values[i] instanceof Boolean) types[i] = SimpleType.BOOLEAN;
      else if (values[i] instanceof ObjectName) types[i] = SimpleType.OBJECTNAME;
      else if (values[i] instanceof String[]) types[i] = new ArrayType<>(1, SimpleType.STRING);
      else types[i] = SimpleType.STRING;
    }
    return new CompositeDataSupport(
        new CompositeType(type, description, names, names, types), names, values);
  }

  static TabularData table(String type, String[] index, CompositeData... rows) throws Exception {
    TabularDataSupport table =
        new TabularDataSupport(new TabularType(type, "table of " + type, rows[0].getCompositeType(), index));
    for (CompositeData row : rows) table.put(row);
    return table;
  }

  public interface PointsMXBean {
    Map<String, Integer> getCounts();
    Map<String, Map<String, Long>> getNested();
    MemoryUsage getUsage();
    List<String> getNames();
    Thread.State getState();
  }
  public static class Points implements PointsMXBean {
    public Map<String, Integer> getCounts() { return new TreeMap<>(Map.of("k1", 1, "k2", 2)); }
    public Map<String, Map<String, Long>> getNested() {
      return new TreeMap<>(Map.of("1.2.3.4", new TreeMap<>(Map.of("networkErrors", 338L))));
    }
    public MemoryUsage getUsage() { return new MemoryUsage(1, 2, 3, 4); }
    public List<String> getNames() { return List.of("x", "y"); }
    public Thread.State getState() { return Thread.State.RUNNABLE; }
  }
  public interface PlainMBean { int getCount(); String getName(); void setName(String name); }
  public static class Plain implements PlainMBean {
    public int getCount() { return 1; }
    public String getName() { return "n"; }
    public void setName(String name) {}
  }

  static void scalars() throws Exception {
    LongAdder adder = new LongAdder();
    adder.add(9007199254740993L);
    DoubleAdder doubles = new DoubleAdder();
    doubles.add(2.5);
    java.sql.Timestamp stamp = new java.sql.Timestamp(1700000000123L);
    stamp.setNanos(123456000);
    put("scalars", list(
        "byte", (byte) -1, "short", (short) -2, "int", Integer.MIN_VALUE, "long", 9007199254740993L,
        "float", 1.1f, "double", 1e7, "nan", Double.NaN, "negative zero", -0.0,
        "true", true, "false", false, "char", 'é', "surrogate", '\ud800', "string", "a\u0000é\ud83d\ude00\ud800z",
        "empty", "", "big integer", BigInteger.TWO.pow(200).negate(), "big zero", BigInteger.ZERO,
        "big long", new BigInteger("9007199254740993"),
        "decimal", new BigDecimal("1.50E+3"), "decimal plain", new BigDecimal("-123.450"),
        "decimal small", new BigDecimal("0.0000001"), "decimal tiny", new BigDecimal("1E-400"),
        "decimal zero", new BigDecimal("0.000"), "decimal point", new BigDecimal("0.00123"),
        "decimal big", new BigDecimal("12345678901234567890.123456789"),
        "atomic int", new AtomicInteger(-5), "atomic long", new AtomicLong(6), "atomic boolean", new AtomicBoolean(true),
        "adder", adder, "double adder", doubles,
        "date", new Date(1700000000123L), "old date", new Date(-1L),
        "timestamp", stamp, "sql date", new java.sql.Date(1700000000123L), "sql time", new java.sql.Time(1700000000123L),
        "null", null, "days", TimeUnit.DAYS, "heap", MemoryType.HEAP, "non heap", MemoryType.NON_HEAP,
        "half days", ChronoUnit.HALF_DAYS, "field", ChronoField.AMPM_OF_DAY, "days again", TimeUnit.DAYS,
        "body", java.time.temporal.IsoFields.QUARTER_OF_YEAR,
        "name", new ObjectName("d:b=2,a=\"x,y\""), "class", String.class,
        "ints", new int[] {1, 2, 3}, "strings", new String[][] {{"a", null}, {}}, "doubles", new double[2],
        "last", 42));
  }

  static void unknown() throws Exception {
    Widget shared = new Widget();
    put("unknown", list(
        "first", 1, "widget", shared, "color", Color.RED, "green", Color.GREEN, "gadget", new Gadget(),
        "array", new Widget[0], "arrays", new Widget[1][1], "in list", new ArrayList<>(List.of("x", shared)),
        "in map", new TreeMap<>(Map.of("k", new Object[] {1, shared})), "type", Widget.class,
        "again", shared, "accumulator", new LongAccumulator((LongBinaryOperator & Serializable) Long::sum, 0),
        "proxy", Proxy.newProxyInstance(MakeStreams.class.getClassLoader(),
            new Class<?>[] {Runnable.class, PlainMBean.class}, new Handler()),
        "jdk proxy", Proxy.newProxyInstance(MakeStreams.class.getClassLoader(),
            new Class<?>[] {Runnable.class}, new Handler()),
        "string", "still here", "last", 42));
    put("unknown_root", new Widget());
    put("external", list("special", new Special(), "last", 42));
  }

  static void others() throws Exception {
    Vector<Object> vector = new Vector<>(List.of(1, "two"));
    ArrayList<Object> own = new ArrayList<>();
    own.add(own);
    Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone("Europe/Berlin"), Locale.ROOT);
    calendar.setTimeInMillis(0);
    IllegalStateException thrown = new IllegalStateException("outer", new IOException("inner"));
    thrown.addSuppressed(new RuntimeException("suppressed"));
    thrown.setStackTrace(Arrays.copyOf(thrown.getStackTrace(), 1));
    put("others", list(
        "array list", new ArrayList<>(List.of(1, 2)), "linked list", new LinkedList<>(List.of("a")), "vector", vector,
        "list of", List.of(1, 2, 3), "list12", List.of(1), "set of", Set.of("only"), "map of", Map.of("k", 1),
        "hash set", new HashSet<>(Set.of(1)), "linked set", new LinkedHashSet<>(List.of(1, 2)),
        "tree set", new TreeSet<>(Comparator.reverseOrder()), "hash map", new HashMap<>(Map.of("k", "v")),
        "linked map", new LinkedHashMap<>(Map.of("k", "v")), "tree map", new TreeMap<>(Map.of("k", "v")),
        "table", new Hashtable<>(Map.of("k", "v")), "concurrent", new ConcurrentHashMap<>(Map.of("k", "v")),
        "skip list", new ConcurrentSkipListMap<>(Map.of("k", "v")), "copy on write", new CopyOnWriteArrayList<>(List.of(1)),
        "deque", new ArrayDeque<>(List.of(1)), "queue", new PriorityQueue<>(List.of(1)),
        "blocking", new LinkedBlockingQueue<>(List.of(1)), "arrays", Arrays.asList(1, 2),
        "unmodifiable", Collections.unmodifiableList(new ArrayList<>(List.of(1))),
        "synchronized", Collections.synchronizedMap(new HashMap<>(Map.of("k", "v"))),
        "singleton", Collections.singletonList(1), "singleton map", Collections.singletonMap("k", "v"),
        "empty", Collections.emptyMap(), "enum set", EnumSet.of(TimeUnit.DAYS, TimeUnit.HOURS),
        "enum map", new EnumMap<>(Map.of(TimeUnit.DAYS, 1)), "properties", new Properties(), "own", own,
        "uuid", new UUID(1, 2), "locale", Locale.GERMANY, "bits", BitSet.valueOf(new long[] {5}),
        "inet", java.net.InetAddress.getByAddress("host", new byte[] {127, 0, 0, 1}), "uri", java.net.URI.create("x:y"),
        "calendar", calendar, "thrown", thrown, "level", java.util.logging.Level.INFO,
        "random", new Random(1), "currency", Currency.getInstance("EUR"), "last", 42));
    Instant instant = Instant.ofEpochSecond(1700000000L, 5);
    ZonedDateTime zoned = instant.atZone(ZoneId.of("Europe/Berlin"));
    put("times", list(
        "duration", Duration.ofSeconds(3, 4), "instant", instant, "date", LocalDate.EPOCH,
        "hour", LocalTime.of(1, 0), "minute", LocalTime.of(1, 2), "second", LocalTime.of(1, 2, 3), "nano", LocalTime.of(1, 2, 3, 4),
        "date time", LocalDate.EPOCH.atTime(1, 2), "zoned", zoned, "offset zoned", instant.atZone(ZoneOffset.ofHours(3)),
        "region", ZoneId.of("Europe/Berlin"), "offset", ZoneOffset.ofHours(-5), "odd offset", ZoneOffset.ofTotalSeconds(61),
        "offset time", OffsetTime.of(1, 2, 3, 4, ZoneOffset.UTC), "offset date time", zoned.toOffsetDateTime(),
        "year", Year.of(2000), "year month", YearMonth.of(2000, 2), "month day", MonthDay.of(2, 29), "period", Period.of(1, 2, 3),
        "month", Month.MAY, "iso", IsoChronology.INSTANCE, "japanese", JapaneseDate.of(2020, 1, 1), "minguo", MinguoDate.of(100, 1, 1),
        "thai", ThaiBuddhistDate.of(2560, 1, 1), "hijrah", HijrahDate.of(1440, 1, 1), "era", JapaneseEra.HEISEI,
        "chrono date time", JapaneseDate.of(2020, 1, 1).atTime(LocalTime.NOON),
        "chrono zoned", JapaneseDate.of(2020, 1, 1).atTime(LocalTime.NOON).atZone(ZoneOffset.UTC),
        "chrono period", ThaiBuddhistChronology.INSTANCE.period(1, 2, 3), "last", 42));
  }

  static void open() throws Exception {
    CompositeData inner = composite("Inner", "subdesc", "z", true);
    CompositeData outer = composite("Outer", "ctdesc", "b", 1, "A", 2L, "nul", null, "on", new ObjectName("d:k=v"),
        "sub", inner, "texts", new String[] {"x"}, "\ufffd", 3, "\ud83d\ude00", 4, "é", 2.5);
    put("composite", outer);
    put("shared", list("one", outer, "two", outer, "inner", inner));
    CompositeData row1 = composite("Row", "rowdesc", "key", "k1", "type", "t1", "Value", 100, "other", 1.5);
    CompositeType type = row1.getCompositeType();
    CompositeData row2 = new CompositeDataSupport(type, new String[] {"key", "type", "Value", "other"},
        new Object[] {"k2", null, 200, 2.5});
    put("tabular", table("Tab", new String[] {"key", "type"}, row1, row2));
    CompositeData id = composite("Id", "id", "id", "1", "path", "/db/query1.xq");
    put("composite_index", table("Queries", new String[] {"id"}, composite("Query", "q", "id", id, "running", 1)));
    MBeanServer server = MBeanServerFactory.newMBeanServer();
    ObjectName name = new ObjectName("t.mx:type=Mx");
    server.registerMBean(new Points(), name);
    put("mxbean", server.getAttributes(name, new String[] {"Counts", "Nested", "Usage", "Names", "State"}));
    put("mxbean_info", server.getMBeanInfo(name));
    server.registerMBean(new Plain(), new ObjectName("t.plain:type=Plain"));
    put("plain_info", server.getMBeanInfo(new ObjectName("t.plain:type=Plain")));
    put("codebase", server.getAttributes(name, new String[] {"Usage", "Counts"}), "file:/opt/app.jar");
    put("names", new HashSet<>(List.of(new ObjectName("b:type=B,name=n"), new ObjectName("a:k=\"q,\\\"\",a=é"), new ObjectName("*:x=1,*"))));
    put("name_array", new ObjectName[] {new ObjectName("b:k=v"), new ObjectName("a:k=v")});
  }

  static void infos() throws Exception {
    Descriptor odd = new ImmutableDescriptor(new String[] {"a", "immutableInfo"}, new Object[] {List.of(1), "true"});
    MBeanAttributeInfo[] attributes = {
        new MBeanAttributeInfo("Size", "int", "the size", true, false, false, odd),
        new MBeanAttributeInfo("Secret", "java.lang.String", null, false, true, false),
        new MBeanAttributeInfo("Untyped", "java.lang.Object", "", true, true, false)};
    put("odd_info", new MBeanInfo("com.acme.Widget", null, attributes, null, null, null, odd));
    put("foreign_info", new MBeanInfo("com.acme.Widget", null, attributes, null, null, null,
        new ImmutableDescriptor(new String[] {"a", "immutableInfo"}, new Object[] {new Widget(), "true"})));
    put("mutable_info", new MBeanInfo("com.acme.Other", "d", attributes, null, null, null,
        new DescriptorSupport("immutableInfo=false", "x=1")));
    put("support_info", new MBeanInfo("com.acme.Other", "d", null, null, null, null,
        new DescriptorSupport("IMMUTABLEINFO=true", "x=1")));
    put("model_info", new ModelMBeanInfoSupport("com.acme.Model", "model",
        new ModelMBeanAttributeInfo[] {new ModelMBeanAttributeInfo("Count", "long", "how many", true, false, false)},
        null, null, null));
    OpenMBeanAttributeInfo[] openAttributes = {
        new OpenMBeanAttributeInfoSupport("Open", "open one", SimpleType.LONG, true, false, false, 5L, 0L, 10L)};
    put("open_info", new OpenMBeanInfoSupport("com.acme.Open", "o", openAttributes, null,
        new OpenMBeanOperationInfo[] {new OpenMBeanOperationInfoSupport("op", "does", null, SimpleType.VOID, MBeanOperationInfo.ACTION)}, null));
  }

  static void odd() throws Exception {
    put("thrown", list("first", 1, "thread", new Thread()));
    Object[] cycle = new Object[2];
    cycle[0] = cycle;
    put("cycle", cycle);
    put("null", null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.reset();
      out.writeUnshared(list("a", 1, "b", 1));
    }
    Files.write(folder.resolve("reset.v2.bin"), bytes.toByteArray());
  }

  static void compat() throws Exception {
    put("compat_names", new ObjectName[] {new ObjectName("b:type=B,name=n"), new ObjectName("c:z=1,a=2,*"), new ObjectName("d:*")});
    put("compat_info", new MBeanInfo("com.acme.Widget", "d",
        new MBeanAttributeInfo[] {new MBeanAttributeInfo("Size", "int", "the size", true, false, false)}, null, null, null));
    put("compat_composite", composite("Outer", "ctdesc", "b", 1, "A", 2L));
    put("compat_attributes", list("a", 1, "table",
        table("Tab", new String[] {"key"}, composite("Row", "rowdesc", "key", "k1", "v", 1))));
  }

  public static void main(String[] args) throws Exception {
    folder = Path.of(args[0]);
    Files.createDirectories(folder);
    if (args.length > 1) {
      compat();
      return;
    }
    scalars();
    unknown();
    others();
    open();
    infos();
    odd();
  }
}
