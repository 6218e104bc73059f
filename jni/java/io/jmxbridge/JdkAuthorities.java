package io.jmxbridge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/**
 * The authorities that this JDK trusts by itself. Many sessions share them, so they are read again
 * only when their file has changed.
 */
final class JdkAuthorities {
  private static final String FOLDER = System.getProperty("java.home") + "/lib/security/";

  private static JdkAuthorities current;

  private final Path file;
  private final long changed;
  private final long size;
  private final long generation;
  private final X509Certificate[] certificates;

  private JdkAuthorities(Path file, long changed, long size, long generation) {
    this.file = file;
    this.changed = changed;
    this.size = size;
    this.generation = generation;
    this.certificates = load(file);
  }

  /** Those of now. */
  static synchronized JdkAuthorities now() {
    Path own = Path.of(FOLDER, "jssecacerts");
    Path file = Files.exists(own) ? own : Path.of(FOLDER, "cacerts");
    long changed = 0;
    long size = 0;
    try {
      changed = Files.getLastModifiedTime(file).toMillis();
      size = Files.size(file);
    } catch (IOException e) {
      // A runtime without authorities trusts what the configuration says.
    }
    if (current == null
        || !current.file.equals(file)
        || current.changed != changed
        || current.size != size) {
      long next = current == null ? 1 : current.generation + 1;
      current = new JdkAuthorities(file, changed, size, next);
    }
    return current;
  }

  /** Another number for other certificates. */
  long generation() {
    return generation;
  }

  X509Certificate[] certificates() {
    return certificates;
  }

  /** Those of now as PEM. */
  byte[] pem() throws CertificateEncodingException {
    return Pem.text(certificates);
  }

  private static X509Certificate[] load(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(in, null);
      return TlsStore.accepted(store);
    } catch (IOException | GeneralSecurityException e) {
      return new X509Certificate[0];
    }
  }
}
