package io.jmxbridge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The stores of the daemon's own port, as the PEM text that its server reads. */
final class ServerKeys {
  /** How many settings of() takes. */
  static final int SETTINGS = 7;

  private static final String PLACE = "httpServer.ssl.";

  private ServerKeys() {}

  /**
   * The chain of the certificate to show, its key, the authorities that clients are trusted by, and
   * the alias of the key. `given`: file, type and password of the key store, the wanted alias, then
   * file, type and password of the trust store; null is not given. The caller clears the key.
   */
  static byte[][] of(byte[][] given) throws TlsRefused {
    try {
      TlsStore keyStore =
          TlsStore.configured(PLACE + "keyStore", given[0], type(given[1]), given[2]);
      TlsStore trustStore =
          TlsStore.configured(PLACE + "trustStore", given[4], type(given[5]), given[6]);
      KeyStore keys = keyStore.loadedWithKeys();
      String alias = chosen(keys, given[3] == null ? null : Session.text(given[3]));
      byte[] key = encoded(keyStore, keys, alias);
      return new byte[][] {
        chain(keyStore, keys, alias),
        key,
        trustStore == null ? null : Pem.text(trustStore.trusted()),
        alias.getBytes(StandardCharsets.UTF_8)
      };
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new TlsRefused(
          "The stores of httpServer.ssl cannot be used (" + e + "); make them anew with keytool");
    }
  }

  private static byte[] type(byte[] given) {
    return given == null
        ? KeyStore.getDefaultType().getBytes(StandardCharsets.UTF_8)
        : given;
  }

  /** The wanted key if there is one of this name, else the one of the best kind. */
  private static String chosen(KeyStore keys, String wanted) throws GeneralSecurityException {
    if (wanted != null && TlsStore.hasPrivateKey(keys, wanted)) {
      return wanted;
    }
    List<String> kinds = Arrays.asList(Tls.KEY_TYPES);
    String best = null;
    int rank = Integer.MAX_VALUE;
    for (String alias : Collections.list(keys.aliases())) {
      if (!TlsStore.hasPrivateKey(keys, alias)) {
        continue;
      }
      int place = kinds.indexOf(keys.getCertificate(alias).getPublicKey().getAlgorithm());
      int its = place < 0 ? kinds.size() : place;
      if (its < rank) {
        best = alias;
        rank = its;
      }
    }
    return best;
  }

  private static byte[] encoded(TlsStore store, KeyStore keys, String alias)
      throws GeneralSecurityException, TlsRefused {
    Key key = store.key(keys, alias);
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      throw store.refused("holds a key that cannot leave it; use a store in a file");
    }
    byte[] text = Pem.text("PRIVATE KEY", encoded);
    Arrays.fill(encoded, (byte) 0);
    return text;
  }

  private static byte[] chain(TlsStore store, KeyStore keys, String alias)
      throws GeneralSecurityException, TlsRefused {
    Certificate[] chain = keys.getCertificateChain(alias);
    X509Certificate[] all = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      if (!(chain[i] instanceof X509Certificate)) {
        throw store.refused("holds a certificate that is no X.509; use one that is");
      }
      all[i] = (X509Certificate) chain[i];
    }
    return Pem.text(all);
  }
}
