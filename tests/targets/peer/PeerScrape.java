import io.prometheus.jmx.JmxCollector;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the peer's own collector makes of a target, as its standalone mode uses it: for each
 * configuration FILE the last of SCRAPES scrapes, written beside it as FILE.prom (text 0.0.4) and
 * FILE.om (OpenMetrics).
 *
 * <p>usage: PeerScrape SCRAPES FILE...
 */
public final class PeerScrape {
  private PeerScrape() {}

  public static void main(String[] arguments) throws Exception {
    int scrapes = Integer.parseInt(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      PrometheusRegistry registry = new PrometheusRegistry();
      new JmxCollector(Path.of(arguments[i]).toFile(), JmxCollector.Mode.STANDALONE).register(registry);
      MetricSnapshots last = null;
      for (int scrape = 0; scrape < scrapes; scrape++) last = registry.scrape();
      write(arguments[i] + ".prom", PrometheusTextFormatWriter.create(), last);
      write(arguments[i] + ".om", OpenMetricsTextFormatWriter.create(), last);
    }
    System.exit(0);
  }

  private static void write(String path, ExpositionFormatWriter writer, MetricSnapshots page) throws IOException {
    try (OutputStream out = Files.newOutputStream(Path.of(path))) {
      writer.write(out, page, EscapingScheme.fromAcceptHeader("text/plain"));
    }
  }
}
