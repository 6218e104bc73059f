package io.jmxbridge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * A key or trust store as it was found when a session was opened. Its errors name the place that it
 * was named at: a key of the configuration, or a system property.
 */
final class TlsStore {
  /** Larger than any store is. */
  private static final int LARGEST = 16 << 20;

  /** What stands for "no file", as the JDK has it, for stores in a token. */
  private static final String NO_FILE = "NONE";

  private final String place;
  private final String file;
  private final String type;
  private final String provider;
  private final char[] password;
  private final byte[] bytes;

  private TlsStore(String place, String file, String type, String provider, String password)
      throws TlsRefused {
    this.place = place;
    this.file = file;
    this.type = type;
    this.provider = provider;
    this.password = password.isEmpty() ? null : password.toCharArray();
    this.bytes = file.equals(NO_FILE) ? new byte[0] : read();
  }

  /** The store that a part of the configuration names; null if there is no file name. */
  static TlsStore configured(String place, byte[] file, byte[] type, byte[] password)
      throws TlsRefused {
    return file == null
        ? null
        : new TlsStore(place, Session.text(file), Session.text(type), "", Session.text(password));
  }

  /** The store that the system properties with this prefix name; null if there is none. */
  static TlsStore ofProperties(String prefix) throws TlsRefused {
    String file = System.getProperty(prefix, "");
    return file.isEmpty()
        ? null
        : new TlsStore(
            prefix,
            file,
            System.getProperty(prefix + "Type", KeyStore.getDefaultType()),
            System.getProperty(prefix + "Provider", ""),
            System.getProperty(prefix + "Password", ""));
  }

  /** Everything that makes this another store; the caller keeps it no longer than needed. */
  List<byte[]> identity() {
    List<byte[]> parts = new ArrayList<>();
    for (String text : new String[] {place, file, type, provider}) {
      parts.add(text.getBytes(StandardCharsets.UTF_8));
    }
    parts.add((password == null ? "" : new String(password)).getBytes(
        StandardCharsets.UTF_8));
    parts.add(bytes);
    return parts;
  }

  /** The certificates to trust, of which there is at least one. */
  X509Certificate[] trusted() throws GeneralSecurityException, TlsRefused {
    X509Certificate[] found = accepted(load());
    if (found.length == 0) {
      throw refused(
          "holds no certificate that could be trusted; import one with keytool -importcert"
              + (password == null ? ", or give the password" : ""));
    }
    return found;
  }

  /** The certificates that a trust manager takes from a store. */
  static X509Certificate[] accepted(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager) {
        return ((X509TrustManager) manager).getAcceptedIssuers();
      }
    }
    return new X509Certificate[0];
  }

  /** The keys, of which there is at least one. */
  KeyStore.Builder keys() throws GeneralSecurityException, TlsRefused {
    return KeyStore.Builder.newInstance(
        loadedWithKeys(), new KeyStore.PasswordProtection(password));
  }

  /** The store, which has at least one key, and whose password opens every key. */
  KeyStore loadedWithKeys() throws GeneralSecurityException, TlsRefused {
    KeyStore store = load();
    boolean any = false;
    for (String alias : Collections.list(store.aliases())) {
      if (!hasPrivateKey(store, alias)) {
        continue;
      }
      any = true;
      try {
        store.getKey(alias, password);
      } catch (UnrecoverableKeyException | IllegalArgumentException e) {
        throw refused(
            password == null
                ? "needs a password; give " + place + passwordWord()
                : "holds a key with a password of its own; give it that of the store, with"
                    + " keytool -keypasswd");
      }
    }
    if (!any) {
      throw refused("holds no private key; make one with keytool -genkeypair, or name another");
    }
    return store;
  }

  /** Whether the entry is a private key with its certificate. */
  static boolean hasPrivateKey(KeyStore store, String alias) throws KeyStoreException {
    return store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class);
  }

  /** A key of the loaded store. */
  Key key(KeyStore store, String alias) throws GeneralSecurityException {
    return store.getKey(alias, password);
  }

  private KeyStore load() throws GeneralSecurityException, TlsRefused {
    KeyStore store;
    try {
      store =
          provider.isEmpty() ? KeyStore.getInstance(type) : KeyStore.getInstance(type, provider);
    } catch (KeyStoreException e) {
      throw refused("is of a type that this JVM lacks (" + type + "); use PKCS12 or JKS");
    }
    try (InputStream in = file.equals(NO_FILE) ? null : new ByteArrayInputStream(bytes)) {
      store.load(in, password);
      return store;
    } catch (IOException e) {
      if (e.getCause() instanceof UnrecoverableKeyException) {
        throw refused("does not open with its password; correct " + place + passwordWord());
      }
      throw refused("is damaged or no store of type " + type + "; correct the type or the file");
    }
  }

  private String passwordWord() {
    return place.startsWith("javax.") ? "Password" : ".password (or passwordFile)";
  }

  private byte[] read() throws TlsRefused {
    try {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        throw refused("does not exist; correct its file name");
      }
      // A pipe would hold up the session, and a device never end.
      if (!Files.isRegularFile(path)) {
        throw refused("is no regular file; correct its file name");
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] all = in.readNBytes(LARGEST + 1);
        if (all.length > LARGEST) {
          throw refused("is larger than a store can be; correct its file name");
        }
        return all;
      }
    } catch (IOException | InvalidPathException e) {
      if (e instanceof TlsRefused) {
        throw (TlsRefused) e;
      }
      throw refused("cannot be read; give the user that the daemon runs as the right to read it");
    }
  }

  /** A sentence about this store. */
  TlsRefused refused(String what) {
    return new TlsRefused("The store " + file + " (" + place + ") " + what);
  }
}
