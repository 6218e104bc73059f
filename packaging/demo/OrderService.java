import com.sun.net.httpserver.HttpServer;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * A small service that takes orders and handles them, and shows what it is doing as MBeans.
 *
 * <p>Orders come from a customer of its own, and from anybody who posts to /orders. It runs straight
 * from the source: {@code java OrderService.java [PORT]}; without a port it takes a free one.
 */
public final class OrderService {
  /** How often something has happened so far. */
  public interface CounterMBean {
    long getCount();
  }

  /** How much of something there is right now. */
  public interface GaugeMBean {
    long getValue();
  }

  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>(1000);
  private final LongAdder handled = new LongAdder();
  private final LongAdder refused = new LongAdder();

  public static void main(String[] arguments) throws Exception {
    new OrderService().start(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
  }

  private void start(int port) throws Exception {
    register("Counter", "orders_handled", CounterMBean.class, handled::sum);
    register("Counter", "orders_refused", CounterMBean.class, refused::sum);
    register("Gauge", "orders_waiting", GaugeMBean.class, () -> waiting.size());

    HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    http.createContext(
        "/orders",
        exchange -> {
          byte[] body = exchange.getRequestBody().readNBytes(1000);
          boolean taken = take(new String(body, StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(taken ? 202 : 503, -1);
          exchange.close();
        });
    http.start();
    new Thread(this::order, "customer").start();
    new Thread(this::handle, "kitchen").start();
    System.out.println(
        "orders are taken at http://127.0.0.1:" + http.getAddress().getPort() + "/orders");
  }

  /** Makes an MBean of a closure: each time JMX asks for the number, {@code closure} is called. */
  private static <T> void register(String type, String name, Class<T> shape, T closure)
      throws JMException {
    ManagementFactory.getPlatformMBeanServer()
        .registerMBean(
            new StandardMBean(closure, shape),
            new ObjectName("shop:type=" + type + ",name=" + name));
  }

  private boolean take(String order) {
    boolean taken = waiting.offer(order);
    if (!taken) {
      refused.increment();
    }
    return taken;
  }

  /** Orders by the dozen, about twenty a second. */
  private void order() {
    while (pause(ThreadLocalRandom.current().nextInt(200, 1000))) {
      for (int i = 0; i < 12; i++) {
        take("tea");
      }
    }
  }

  /** Handles up to thirty orders a second, one after the other. */
  private void handle() {
    try {
      while (pause(33)) {
        waiting.take();
        handled.increment();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean pause(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
