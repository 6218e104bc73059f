import io.prometheus.jmx.JmxCollector;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The peer's collector, one configuration after another, scrape by scrape, so that a target can change
 * between two scrapes. Commands are lines on standard input, each answered by one line:
 *
 * <pre>
 *   load FILE     `ok loaded`, or `ok refused REASON` for a configuration that the peer does not take
 *   scrape FILE   writes the MBeans' page (text 0.0.4) there and answers `ok ERROR CACHED`, the numbers
 *                 of jmx_scrape_error and jmx_scrape_cached_beans of this very scrape; or
 *                 `ok 500 REASON` where the peer answers HTTP 500
 * </pre>
 */
public final class PeerSession {
  /** Keeps the collector's own gauges, which tell of the scrape before, apart from the MBeans. */
  private static final class Registry extends PrometheusRegistry {
    private MultiCollector beans;

    @Override
    public void register(MultiCollector collector) {
      beans = collector;
    }

    @Override
    public void register(Collector collector) {
      super.register(collector);
    }
  }

  private Registry registry;

  private PeerSession() {}

  public static void main(String[] arguments) throws Exception {
    PeerSession session = new PeerSession();
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", 2);
      System.out.println("ok " + (words[0].equals("load") ? session.load(words[1]) : session.scrape(words[1])));
    }
    System.exit(0);
  }

  private String load(String file) {
    Registry fresh = new Registry();
    try {
      new JmxCollector(Path.of(file).toFile(), JmxCollector.Mode.STANDALONE).register(fresh);
    } catch (Exception refusal) {
      return "refused " + oneLine(refusal);
    }
    registry = fresh;
    return "loaded";
  }

  private String scrape(String file) throws Exception {
    MetricSnapshots page;
    try {
      page = registry.beans.collect();
    } catch (RuntimeException failure) {
      return "500 " + oneLine(failure);
    }
    try (OutputStream out = Files.newOutputStream(Path.of(file))) {
      PrometheusTextFormatWriter.create().write(out, page, EscapingScheme.fromAcceptHeader("text/plain"));
    }
    return own("jmx_scrape_error") + " " + own("jmx_scrape_cached_beans");
  }

  private long own(String name) {
    for (MetricSnapshot family : registry.scrape()) {
      if (family.getMetadata().getName().equals(name)) {
        return Math.round(((GaugeSnapshot) family).getDataPoints().get(0).getValue());
      }
    }
    throw new IllegalStateException("the collector has no " + name);
  }

  private static String oneLine(Exception error) {
    return error.toString().replaceAll("\\s+", " ");
  }
}
