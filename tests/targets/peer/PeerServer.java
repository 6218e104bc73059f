import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.jmx.BuildInfoMetrics;
import io.prometheus.jmx.JmxCollector;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.exporter.httpserver.DefaultHandler;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.exporter.httpserver.HealthyHandler;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The peer's collector behind its metrics library's HTTP server, with the paths and headers that the
 * peer's standalone mode gives it. Commands are lines on standard input, each answered by one line:
 *
 * <pre>
 *   serve PORT FILE PATH [USER PASSWORD]   `ok` when a configuration is served on that port of loopback,
 *                                          also on a metrics path of one's own, and asks for a password
 * </pre>
 */
public final class PeerServer {
  /** The three paths that always stand, and carry the headers. */
  private static final String METRICS = "/metrics";

  private PeerServer() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      try {
        serve(Integer.parseInt(words[1]), Path.of(words[2]), words[3],
            words.length > 4 ? new Password(words[4], words[5], true) : null);
        System.out.println("ok");
      } catch (Exception failure) {
        System.out.println("error: " + failure);
      }
    }
    System.exit(0);
  }

  private static void serve(int port, Path file, String path, Password password) throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    new BuildInfoMetrics().register(registry);
    new JmxCollector(file.toFile(), JmxCollector.Mode.STANDALONE).register(registry);
    Counter.builder()
        .name("jmx_http_requests_rejected_total")
        .help("Total number of HTTP requests rejected due to pool saturation.")
        .register(registry);
    HTTPServer.Builder builder =
        HTTPServer.builder()
            .inetAddress(InetAddress.getLoopbackAddress())
            .port(port)
            .registry(registry)
            .metricsHandlerPath(path);
    if (password != null) builder.authenticator(new Password(password.user, password.password, false));
    HttpServer server = inner(builder.buildAndStart());
    replace(server, "/", new DefaultHandler(METRICS), password);
    replace(server, METRICS, new MetricsHandler(PrometheusProperties.get(), registry), password);
    replace(server, "/-/healthy", new HealthyHandler(), password);
  }

  private static HttpServer inner(HTTPServer server) throws ReflectiveOperationException {
    Field field = HTTPServer.class.getDeclaredField("server");
    field.setAccessible(true);
    return (HttpServer) field.get(server);
  }

  private static void replace(HttpServer server, String path, HttpHandler handler, Password password) {
    try {
      server.removeContext(path);
    } catch (IllegalArgumentException thereIsNone) {
      // A metrics path of one's own stands in place of the usual one.
    }
    HttpContext context = server.createContext(path, handler);
    context.getFilters().add(
        Filter.beforeHandler("headers", exchange -> addHeaders(exchange.getResponseHeaders())));
    if (password != null) context.setAuthenticator(password);
  }

  private static void addHeaders(Headers headers) {
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
  }

  private static final class Password extends BasicAuthenticator {
    private final String user;
    private final String password;
    private final boolean hasHeaders;

    Password(String user, String password, boolean hasHeaders) {
      super("/");
      this.hasHeaders = hasHeaders;
      this.user = user;
      this.password = password;
    }

    @Override
    public boolean checkCredentials(String givenUser, String givenPassword) {
      return user.equals(givenUser) && password.equals(givenPassword);
    }

    @Override
    public Result authenticate(HttpExchange exchange) {
      if (hasHeaders) addHeaders(exchange.getResponseHeaders());
      return super.authenticate(exchange);
    }
  }
}
