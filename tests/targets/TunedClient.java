import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What a well-made Java client can do: one connection that is kept, names and attributes known, one
 * getAttributes call for each MBean, one after the other. Each line on standard input asks for one
 * pass over all MBeans; the answer is `ok NANOSECONDS SAMPLES`.
 *
 * <p>usage: TunedClient PORT PATTERN
 */
public final class TunedClient {
  private record Bean(ObjectName name, String[] attributes) {}

  public static void main(String[] arguments) throws Exception {
    JMXServiceURL url = new JMXServiceURL(
        "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + Integer.parseInt(arguments[0]) + "/jmxrmi");
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      List<Bean> beans = describe(server, new ObjectName(arguments[1]));
      System.out.println("ready");
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (lines.readLine() != null) {
        long start = System.nanoTime();
        long samples = read(server, beans);
        System.out.println("ok " + (System.nanoTime() - start) + " " + samples);
      }
    }
  }

  /** Every MBean with the attributes that are numbers when they are first read. */
  private static List<Bean> describe(MBeanServerConnection server, ObjectName pattern) throws Exception {
    List<Bean> beans = new ArrayList<>();
    for (ObjectName name : server.queryNames(pattern, null)) {
      List<String> names = new ArrayList<>();
      for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes()) {
        if (server.getAttribute(name, info.getName()) instanceof Number) names.add(info.getName());
      }
      beans.add(new Bean(name, names.toArray(new String[0])));
    }
    return beans;
  }

  private static long read(MBeanServerConnection server, List<Bean> beans) throws Exception {
    long samples = 0;
    for (Bean bean : beans) {
      for (Attribute attribute : server.getAttributes(bean.name, bean.attributes).asList()) {
        if (attribute.getValue() instanceof Number) samples++;
      }
    }
    return samples;
  }
}
