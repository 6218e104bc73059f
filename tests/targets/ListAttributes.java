import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads every attribute of every MBean of a JMX server on its own and prints each number in it, one
 * JSON object a line: domain, properties (as registered), path (the attributes that lead to it),
 * attribute, keys (the row's index columns, by name and value), value (as Java writes a double).
 *
 * <p>usage: ListAttributes PORT
 */
public final class ListAttributes {
  private final MBeanServerConnection server;
  private final StringBuilder out = new StringBuilder();
  private long asked;
  private long failed;

  private ListAttributes(MBeanServerConnection server) {
    this.server = server;
  }

  public static void main(String[] arguments) throws Exception {
    JMXServiceURL url = new JMXServiceURL(
        "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + Integer.parseInt(arguments[0]) + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      ListAttributes reader = new ListAttributes(connector.getMBeanServerConnection());
      List<ObjectName> names = new ArrayList<>(reader.server.queryNames(null, null));
      names.sort(Comparator.naturalOrder());
      for (ObjectName name : names) reader.bean(name);
      System.out.print(reader.out);
      System.err.println(names.size() + " MBeans, " + reader.asked + " attributes, "
          + reader.failed + " of them not readable, by " + ManagementFactory.getRuntimeMXBean().getName());
    }
  }

  private void bean(ObjectName name) throws Exception {
    MBeanInfo info;
    try {
      info = server.getMBeanInfo(name);
    } catch (JMException gone) {
      return;
    }
    for (MBeanAttributeInfo attribute : info.getAttributes()) {
      if (!attribute.isReadable()) continue;
      asked++;
      Object value;
      try {
        // One call an attribute: nothing but a failing attribute itself is lost. The value is taken
        // as the bulk call gives it, because that is what exporters read.
        List<Attribute> read = server.getAttributes(name, new String[] {attribute.getName()}).asList();
        if (read.isEmpty()) {
          failed++;
          continue;
        }
        value = read.get(0).getValue();
      } catch (Exception unreadable) {
        failed++;
        continue;
      }
      value(name, List.of(), attribute.getName(), List.of(), value);
    }
  }

  private void value(ObjectName name, List<String> path, String attribute, List<String> keys, Object value) {
    if (value instanceof Number number) {
      leaf(name, path, attribute, keys, number.doubleValue());
    } else if (value instanceof Boolean flag) {
      leaf(name, path, attribute, keys, flag ? 1.0 : 0.0);
    } else if (value instanceof Date date) {
      leaf(name, path, attribute, keys, date.getTime() / 1000.0);
    } else if (value instanceof CompositeData composite) {
      List<String> inner = plus(path, attribute);
      for (String item : new TreeSet<>(composite.getCompositeType().keySet())) {
        value(name, inner, item, keys, composite.get(item));
      }
    } else if (value instanceof TabularData table) {
      table(name, path, attribute, keys, table);
    }
  }

  private void table(ObjectName name, List<String> path, String attribute, List<String> keys, TabularData table) {
    List<String> index = table.getTabularType().getIndexNames();
    for (Object each : table.values()) {
      if (!(each instanceof CompositeData row)) continue;
      List<String> rowKeys = new ArrayList<>(keys);
      for (String column : index) {
        Object key = row.get(column);
        if (key instanceof CompositeData composite) {
          for (String item : composite.getCompositeType().keySet()) {
            rowKeys.add(column + "_" + item);
            rowKeys.add(composite.get(item).toString());
          }
        } else if (key != null) {
          rowKeys.add(column);
          rowKeys.add(key.toString());
        }
      }
      for (String column : new TreeSet<>(row.getCompositeType().keySet())) {
        if (index.contains(column)) continue;
        if (column.equalsIgnoreCase("value")) {
          value(name, path, attribute, rowKeys, row.get(column));
        } else {
          value(name, plus(path, attribute), column, rowKeys, row.get(column));
        }
      }
    }
  }

  private void leaf(ObjectName name, List<String> path, String attribute, List<String> keys, double value) {
    out.append("{\"domain\":").append(text(name.getDomain()));
    out.append(",\"properties\":").append(text(name.getKeyPropertyListString()));
    out.append(",\"path\":").append(list(path));
    out.append(",\"attribute\":").append(text(attribute));
    out.append(",\"keys\":").append(list(keys));
    out.append(",\"value\":").append(text(Double.toString(value))).append("}\n");
  }

  private static List<String> plus(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  private static String list(List<String> texts) {
    StringBuilder json = new StringBuilder("[");
    for (String each : texts) json.append(json.length() > 1 ? "," : "").append(text(each));
    return json.append(']').toString();
  }

  private static String text(String raw) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : raw.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
