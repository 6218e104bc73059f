import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.registry.LocateRegistry;
import java.rmi.server.RMIServerSocketFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.MBeanServerForwarder;
import javax.management.remote.rmi.RMIConnectorServer;

/**
 * A connector server with a registry of its own, beside that of the JVM's agent: it counts the
 * connections that it accepts, and can end idle sessions early or let nobody listen.
 */
final class CountedConnector {
  /** The connections that the port has accepted. */
  final AtomicInteger accepted = new AtomicInteger();

  /** `sessionMillis`: how long a session may be without a call; 0: as usual. */
  CountedConnector(MBeanServer server, int port, long sessionMillis, boolean refuseListeners) throws Exception {
    RMIServerSocketFactory sockets = CountedConnector.this::listen;
    LocateRegistry.createRegistry(port, null, sockets);
    Map<String, Object> settings = new HashMap<>();
    settings.put(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, sockets);
    if (sessionMillis > 0) settings.put("jmx.remote.x.server.connection.timeout", String.valueOf(sessionMillis));
    JMXServiceURL url = new JMXServiceURL(
        "service:jmx:rmi://127.0.0.1:" + port + "/jndi/rmi://127.0.0.1:" + port + "/jmxrmi");
    RMIConnectorServer connector = new RMIConnectorServer(url, settings, server);
    if (refuseListeners) connector.setMBeanServerForwarder(refusing(server));
    connector.start();
  }

  private ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 50, InetAddress.getLoopbackAddress()) {
      @Override
      public Socket accept() throws IOException {
        Socket socket = super.accept();
        accepted.incrementAndGet();
        return socket;
      }
    };
  }

  /** The MBean server, but without notifications. */
  private static MBeanServerForwarder refusing(MBeanServer server) {
    return (MBeanServerForwarder) Proxy.newProxyInstance(
        CountedConnector.class.getClassLoader(), new Class<?>[] {MBeanServerForwarder.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("addNotificationListener")) {
            throw new SecurityException("nobody may listen here");
          }
          if (method.getName().equals("getMBeanServer")) return server;
          if (method.getName().equals("setMBeanServer")) return null;
          try {
            return method.invoke(server, arguments);
          } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
          }
        });
  }
}
