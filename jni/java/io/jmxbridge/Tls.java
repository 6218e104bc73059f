package io.jmxbridge;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The TLS of sessions with equal settings and equal stores: one object as long as one of them is
 * there, so that equal targets share connections, and others never do.
 *
 * <p>Trusted are the JDK's authorities, the configured trust store and that of the JVM's
 * javax.net.ssl properties, together; keys likewise.
 */
final class Tls {
  /** How many settings of() takes. */
  static final int SETTINGS = 9;

  private static final Map<String, WeakReference<Tls>> KNOWN = new HashMap<>();

  /** Whose socket this thread is making. */
  private static final ThreadLocal<Tls> CONNECTING = new ThreadLocal<>();

  /** Kinds of keys, the best first. */
  static final String[] KEY_TYPES = {"EC", "RSA", "EdDSA", "RSASSA-PSS", "DSA"};

  private static final javax.rmi.ssl.SslRMIClientSocketFactory JDK =
      new javax.rmi.ssl.SslRMIClientSocketFactory();

  private final TlsSocketFactory factory = new TlsSocketFactory(this);
  private final SSLContext context;
  private final String[] protocols;
  private final String[] ciphers;
  private final X509ExtendedKeyManager keys;
  private final X509Certificate[] own;
  private final String identification;
  private volatile Spoken spoken;

  private Tls(
      List<TlsStore> keyStores,
      List<TlsStore> trustStores,
      String[] protocols,
      String[] ciphers,
      String identification)
      throws GeneralSecurityException, IOException {
    this.identification = identification;
    this.protocols = protocols;
    this.ciphers = ciphers;
    List<X509Certificate> more = new ArrayList<>();
    for (TlsStore store : trustStores) {
      more.addAll(Arrays.asList(store.trusted()));
    }
    own = more.toArray(new X509Certificate[0]);
    KeyManager[] managers = keyManagers(keyStores);
    keys = managers == null ? null : (X509ExtendedKeyManager) managers[0];
    context = SSLContext.getInstance("TLS");
    context.init(managers, trust(own).getTrustManagers(), null);
    check("ssl.protocols", protocols, context.getSupportedSSLParameters().getProtocols());
    check("ssl.ciphers", ciphers, context.getSupportedSSLParameters().getCipherSuites());
  }

  /**
   * What the settings and the stores of now make. `given`: file, type and password of the key store,
   * the same of the trust store, then protocols and cipher suites, one a line, and 1 or 0 for
   * whether the certificate must name the host; null is not given.
   */
  static Tls of(byte[][] given) throws TlsRefused {
    List<TlsStore> keyStores = new ArrayList<>();
    List<TlsStore> trustStores = new ArrayList<>();
    add(keyStores, TlsStore.configured("ssl.keyStore", given[0], given[1], given[2]));
    add(keyStores, TlsStore.ofProperties("javax.net.ssl.keyStore"));
    add(trustStores, TlsStore.configured("ssl.trustStore", given[3], given[4], given[5]));
    add(trustStores, TlsStore.ofProperties("javax.net.ssl.trustStore"));
    try {
      String print = fingerprint(keyStores, trustStores, given);
      synchronized (KNOWN) {
        KNOWN.values().removeIf(known -> known.get() == null);
        WeakReference<Tls> known = KNOWN.get(print);
        Tls tls = known == null ? null : known.get();
        if (tls == null) {
          tls =
              new Tls(
                  keyStores, trustStores, lines(given[6]), lines(given[7]), identification(given[8]));
          KNOWN.put(print, new WeakReference<>(tls));
        }
        return tls;
      }
    } catch (TlsRefused e) {
      throw e;
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new TlsRefused(
          "TLS cannot be set up (" + e + "); look at ssl and at the java.security of this JVM");
    }
  }

  TlsSocketFactory factory() {
    return factory;
  }

  /** The Tls whose socket this thread is making, or null. */
  static Tls connecting() {
    return CONNECTING.get();
  }

  /** A socket as the JDK makes them for RMI: its properties and its check of host names hold. */
  Socket connect(String host, int port) throws IOException {
    CONNECTING.set(this);
    try {
      SSLSocket socket = (SSLSocket) JDK.createSocket(host, port);
      if (protocols.length > 0) {
        socket.setEnabledProtocols(protocols);
      }
      if (ciphers.length > 0) {
        socket.setEnabledCipherSuites(ciphers);
      }
      if (identification != null) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(identification);
        socket.setSSLParameters(parameters);
      }
      spoken = Spoken.by(socket);
      return socket;
    } finally {
      CONNECTING.remove();
    }
  }

  /** TLS on a connected socket. */
  Socket layer(Socket socket, String host, int port) throws IOException {
    try {
      return context.getSocketFactory().createSocket(socket, host, port, true);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * What it takes to speak this TLS elsewhere: why that cannot be (else null), the certificates to
   * show and their key as PEM (null if there are none), the authorities beside those of the JDK,
   * protocols and cipher suites, one a line, and, if the target's host name is checked, one byte.
   * The caller clears the key.
   */
  byte[][] material() throws GeneralSecurityException {
    Spoken now = spoken;
    if (now == null) {
      return unable("no connection has been made yet");
    }
    byte[] certificates = null;
    byte[] key = null;
    String alias = keys == null ? null : keys.chooseEngineClientAlias(KEY_TYPES, null, null);
    if (alias != null) {
      PrivateKey one = keys.getPrivateKey(alias);
      byte[] encoded = one.getEncoded();
      if (encoded == null || !"PKCS#8".equals(one.getFormat())) {
        return unable("the private key cannot leave the JVM");
      }
      key = Pem.text("PRIVATE KEY", encoded);
      Arrays.fill(encoded, (byte) 0);
      certificates = Pem.text(keys.getCertificateChain(alias));
    }
    return new byte[][] {
      null,
      certificates,
      key,
      Pem.text(own),
      bytes(String.join("\n", now.protocols)),
      bytes(String.join("\n", now.ciphers)),
      new byte[now.checksHost ? 1 : 0]
    };
  }

  private static byte[][] unable(String why) {
    return new byte[][] {bytes(why), null, null, null, null, null, null};
  }

  private static KeyManager[] keyManagers(List<TlsStore> stores)
      throws GeneralSecurityException, TlsRefused {
    if (stores.isEmpty()) {
      return null;
    }
    List<KeyStore.Builder> builders = new ArrayList<>();
    for (TlsStore store : stores) {
      builders.add(store.keys());
    }
    // The one that takes several stores.
    KeyManagerFactory factory = KeyManagerFactory.getInstance("NewSunX509");
    factory.init(new KeyStoreBuilderParameters(builders));
    return factory.getKeyManagers();
  }

  private static TrustManagerFactory trust(X509Certificate[] own)
      throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    all.load(null, null);
    int count = 0;
    for (X509Certificate[] some : new X509Certificate[][] {JdkAuthorities.now().certificates(), own}) {
      for (X509Certificate one : some) {
        all.setCertificateEntry("a" + count++, one);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(all);
    return factory;
  }

  private static void check(String place, String[] given, String[] known) throws TlsRefused {
    List<String> names = Arrays.asList(known);
    for (String one : given) {
      if (!names.contains(one)) {
        throw new TlsRefused(
            place + " names " + one + ", which this JVM does not know; use names such as " + known[0]);
      }
    }
  }

  private static String fingerprint(
      List<TlsStore> keyStores, List<TlsStore> trustStores, byte[][] given)
      throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    List<byte[]> parts = new ArrayList<>();
    keyStores.forEach(store -> parts.addAll(store.identity()));
    trustStores.forEach(store -> parts.addAll(store.identity()));
    for (int i = 6; i < SETTINGS; i++) {
      parts.add(given[i] == null ? new byte[0] : given[i]);
    }
    parts.add(ByteBuffer.allocate(Long.BYTES).putLong(JdkAuthorities.now().generation()).array());
    for (byte[] part : parts) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
      digest.update(part);
    }
    return Base64.getEncoder().encodeToString(digest.digest());
  }

  private static void add(List<TlsStore> stores, TlsStore store) {
    if (store != null) {
      stores.add(store);
    }
  }

  /** The algorithm for SSLParameters, of which an empty one means no check; null: as it is. */
  private static String identification(byte[] verify) {
    if (verify == null) {
      return null;
    }
    return verify[0] == '1' ? "HTTPS" : "";
  }

  private static String[] lines(byte[] text) {
    return text == null ? new String[0] : Session.text(text).split("\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the sockets of a Tls are ready to speak. */
  private record Spoken(String[] protocols, String[] ciphers, boolean checksHost) {
    static Spoken by(SSLSocket socket) {
      String check = socket.getSSLParameters().getEndpointIdentificationAlgorithm();
      return new Spoken(
          socket.getEnabledProtocols(),
          socket.getEnabledCipherSuites(),
          check != null && !check.isEmpty());
    }
  }
}
