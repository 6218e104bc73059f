import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;

/**
 * A JMX target whose MBeans never change and are all that the rules of naming do not wish for: values of
 * every class that a reader has, tables with several and with composite keys, tables within tables, names
 * that meet when they are made safe. It prints "ready" once every MBean is registered.
 */
public final class OddTarget {
  private OddTarget() {}

  /** An MBean made of a map; an attribute's description is its name unless DESCRIPTIONS has another. */
  private static final class Bean implements DynamicMBean {
    private static final Map<String, String> DESCRIPTIONS = new LinkedHashMap<>();

    static {
      DESCRIPTIONS.put("Described", "What it is: \"quoted\", \\ and\na second line");
      DESCRIPTIONS.put("Empty", "");
      DESCRIPTIONS.put("Null", null);
    }

    private final Map<String, Object> attributes;

    Bean(Map<String, Object> attributes) {
      this.attributes = attributes;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
      if (!attributes.containsKey(name)) throw new AttributeNotFoundException(name);
      return attributes.get(name);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
      AttributeList list = new AttributeList();
      for (String name : names) {
        if (attributes.containsKey(name)) list.add(new Attribute(name, attributes.get(name)));
      }
      return list;
    }

    @Override
    public MBeanInfo getMBeanInfo() {
      List<MBeanAttributeInfo> infos = new ArrayList<>();
      attributes.forEach((name, value) -> infos.add(new MBeanAttributeInfo(name,
          value == null ? "java.lang.Object" : value.getClass().getName(),
          DESCRIPTIONS.getOrDefault(name, DESCRIPTIONS.containsKey(name) ? null : name), true, false, false)));
      infos.add(new MBeanAttributeInfo("WriteOnly", "int", "cannot be read", false, true, false));
      return new MBeanInfo(Bean.class.getName(), "odd", infos.toArray(MBeanAttributeInfo[]::new), null, null, null);
    }

    @Override
    public void setAttribute(Attribute attribute) {}

    @Override
    public AttributeList setAttributes(AttributeList list) {
      return list;
    }

    @Override
    public Object invoke(String action, Object[] arguments, String[] signature) {
      return null;
    }
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) map.put((String) pairs[i], pairs[i + 1]);
    return map;
  }

  private static OpenType<?> typeOf(Object value) throws OpenDataException {
    if (value instanceof CompositeData data) return data.getCompositeType();
    if (value instanceof TabularData data) return data.getTabularType();
    if (value instanceof Long) return SimpleType.LONG;
    if (value instanceof Double) return SimpleType.DOUBLE;
    if (value instanceof Boolean) return SimpleType.BOOLEAN;
    if (value instanceof Character) return SimpleType.CHARACTER;
    if (value instanceof Date) return SimpleType.DATE;
    if (value instanceof BigInteger) return SimpleType.BIGINTEGER;
    if (value instanceof BigDecimal) return SimpleType.BIGDECIMAL;
    if (value instanceof ObjectName) return SimpleType.OBJECTNAME;
    if (value instanceof Integer) return SimpleType.INTEGER;
    if (value instanceof Short) return SimpleType.SHORT;
    if (value instanceof Byte) return SimpleType.BYTE;
    if (value instanceof Float) return SimpleType.FLOAT;
    if (value instanceof long[]) return ArrayType.getPrimitiveArrayType(long[].class);
    return SimpleType.STRING;
  }

  private static CompositeData composite(String description, Map<String, Object> items) throws OpenDataException {
    String[] names = items.keySet().toArray(String[]::new);
    OpenType<?>[] types = new OpenType<?>[names.length];
    for (int i = 0; i < names.length; i++) types[i] = typeOf(items.get(names[i]));
    return new CompositeDataSupport(new CompositeType("c", description, names, names, types), items);
  }

  private static TabularData table(List<String> index, CompositeData... rows) throws OpenDataException {
    TabularDataSupport table = new TabularDataSupport(
        new TabularType("t", "A table", rows[0].getCompositeType(), index.toArray(String[]::new)));
    for (CompositeData row : rows) table.put(row);
    return table;
  }

  private static CompositeData row(Object... pairs) throws OpenDataException {
    return composite("A row", map(pairs));
  }

  private static Map<String, Object> values() throws Exception {
    LongAdder adder = new LongAdder();
    adder.add(12);
    DoubleAdder doubles = new DoubleAdder();
    doubles.add(1.25);
    return map(
        "Byte", (byte) -1, "Short", (short) 300, "Integer", Integer.MIN_VALUE, "Long", Long.MAX_VALUE,
        "Float", 0.1f, "FloatMax", Float.MAX_VALUE, "FloatNan", Float.NaN, "Double", 1e-5, "DoubleMin", Double.MIN_VALUE,
        "MinusZero", -0.0, "Infinity", Double.NEGATIVE_INFINITY, "Big", BigInteger.TEN.pow(30),
        "Decimal", new BigDecimal("12345678901234567890.123456789"), "DecimalScale", new BigDecimal("1E+400"),
        "AtomicInteger", new AtomicInteger(4), "AtomicLong", new AtomicLong(5), "AtomicBoolean", new AtomicBoolean(true),
        "LongAdder", adder, "DoubleAdder", doubles, "Boolean", true, "Character", 'c', "String", "text", "EmptyText", "",
        "Lines", "one\ntwo", "Unicode", "\u00e9\u4e2d\ud83d\ude00", "NumberText", " 17 ", "Null", null,
        "Date", new Date(-1), "Timestamp", new Timestamp(1700000000123L), "Unit", TimeUnit.DAYS, "Mode", RoundingMode.HALF_UP,
        "Name", new ObjectName("a:b=c"), "Class", String.class, "List", List.of(1, 2), "Map", Map.of("a", 1),
        "EmptyList", Collections.emptyList(), "Ints", new int[] {1, 2}, "Strings", new String[] {"a"},
        "Composites", new CompositeData[] {row("a", 1L)}, "Described", 1, "Empty", 2);
  }

  private static Map<String, Object> structures() throws Exception {
    CompositeData deep = composite("level 3", map("Z", 1L, "a", 2L, "text", "x", "flag", true, "when", new Date(5000),
        "big", BigInteger.TWO, "letter", 'q', "name", new ObjectName("x:y=z"), "longs", new long[] {1}));
    return map(
        "Deep", composite("level 1", map("Inner", composite("level 2", map("Most", deep, "value", 3L)), "Value", 4L)),
        "Two keys", table(List.of("second", "first"), row("first", "a", "second", "x", "n", 1L, "m", 2.5),
            row("first", "a", "second", "y", "n", 3L, "m", -1.0), row("first", "b\"\\\n", "second", "", "n", 5L, "m", 0.0)),
        "TypedKeys", table(List.of("number", "flag", "when"), row("number", 1L, "flag", true, "when", new Date(0), "v", 1L),
            row("number", 2L, "flag", false, "when", new Date(0), "v", 2L)),
        "SameKeys", table(List.of("type", "name"), row("type", "t", "name", "n", "value", 7L)),
        "ValueColumn", table(List.of("key"), row("key", "k", "other", 2L, "vaLue", 3L, "text", "t")),
        "ValueKey", table(List.of("value"), row("value", "k", "count", 6L)),
        "OddKeys", table(List.of("a b", "a-c"), row("a b", "1", "a-b.c", 5L, "a-c", "2")),
        "CompositeKey", table(List.of("id"), row("id", row("x", 1L, "y", "p"), "n", 8L)),
        "CompositeValue", table(List.of("k"), row("k", "1", "value", row("x", 1L, "y", 2L), "more", row("x", 3L, "y", 4L))),
        "Nested", table(List.of("k"), row("k", "outer", "value", table(List.of("k"), row("k", "in", "value", 9L, "n", 10L)),
            "t", table(List.of("j"), row("j", "in", "value", 11L)))),
        "OnlyKeys", table(List.of("k"), row("k", "alone")),
        "Some_total", composite("suffix", map("x_info", 1L, "y_created", 2L, "Count", 3L)));
  }

  /** What makes two series of one, or two labels. */
  private static Map<String, Object> clashes() throws Exception {
    return map(
        "ValueColumns", table(List.of("key"), row("key", "k", "VALUE", 1L, "value", 3L)),
        "OddKeys", table(List.of("a b", "a-b"), row("a b", "1", "c", 5L, "a-b", "2")), "Fine", 1);
  }

  private static Map<String, Object> names() {
    return map(
        "a-b", 1, "a_b", 2, "a b", 3, "with:colon", 4, "with.dot", 5, "1digit", 6, "__under", 7, "\u00e9t\u00e9", 8, "$1", 9,
        "x<y>", 10, "c, d=e", 11, "HTTPRequestTotal", 12, "requests_total", 13, "requests_created", 14, "requests_info", 15,
        "requests_bucket", 16, "requests", 17, "_total", 18, "Total", 19, "total", 20, "camelCaseURLName", 21, "ABC", 22,
        "A1B2", 23, "lower", 24, "snake_Case_X", 25, "\u00c9Upper", 26, "\ud83d\ude00", 27, "trailing_", 28, "x__y", 29,
        "_info_total", 30);
  }

  public static void main(String[] arguments) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    Map<String, Map<String, Object>> beans = new LinkedHashMap<>();
    beans.put("odd:type=Values,name=v", values());
    beans.put("odd:type=Structures,name=s", structures());
    beans.put("odd:type=Names", names());
    beans.put("clash:type=Structures", clashes());
    beans.put("clash:type=Label,_objectname=z", map("a-b", 1, "a_b", 2));
    beans.put("odd.other:name=n,type=Names", map("requests", 1.5, "requests_total", 2.5, "ABC", 3));
    for (String name : List.of("odd:type=Same,name=a", "odd:type=Same,name=b", "odd:type=Same,name=A",
        "odd:name=\"q,=:\\\"\\*\\?\\n\\\\\",type=Same", "odd: k = v ,type=Same", "odd:type=,name=Same", "odd:k-e.y=1,type=Same",
        "odd:k_e=2,\u00e9=\u00e9,type=Same", "1odd-domain.x_y:1=2", "\u00e9domain:type=Same", "odd space:type=Same",
        "odd:type=Same,name=\"\\*\"", "odd:a=1,b=2,c=3,d=4", "odd:d=4,c=3,b=2,a=2", "odd:type=\ud83d\ude00", "odd_:type=Same",
        "Odd:Type=Same,Name=a", "odd:type=Same,value=x,key=y", "odd//x:type=a/b,name=c/d")) {
      beans.put(name, map("Value", 1, "Count", 2L, "Rate", 0.5, "Text", "t", "On", true));
    }
    for (Map.Entry<String, Map<String, Object>> bean : beans.entrySet()) {
      server.registerMBean(new Bean(bean.getValue()), new ObjectName(bean.getKey()));
    }
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
