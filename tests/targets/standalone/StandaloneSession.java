import io.prometheus.jmx.common.http.HTTPServerFactory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What the peer's standalone program of an older release makes of the `httpServer` part of a
 * configuration. Commands are lines on standard input, each answered by one line:
 *
 * <pre>
 *   load FILE     `ok loaded` when a server stood as the file says, or `ok refused REASON`
 * </pre>
 */
public final class StandaloneSession {
  private StandaloneSession() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println("ok " + load(line.substring("load ".length())));
    }
    System.exit(0);
  }

  private static String load(String file) {
    try {
      new HTTPServerFactory()
          .createHTTPServer(InetAddress.getLoopbackAddress(), 0, new PrometheusRegistry(), Path.of(file).toFile())
          .close();
      return "loaded";
    } catch (Exception refusal) {
      return "refused " + refusal.toString().replaceAll("\\s+", " ");
    }
  }
}
