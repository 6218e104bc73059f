package io.jmxbridge;

/** Where the RMIServer of a session is, and what it takes to log in there. */
final class Endpoint {
  // Places in what the native side gives.
  private static final int HOST = 0;
  private static final int NAME = 1;
  private static final int STUB = 2;
  private static final int USER = 3;
  private static final int PASSWORD = 4;

  private final byte[][] given;
  private final int port;
  private final byte[][] tls;
  private final boolean registryTls;

  /**
   * `given`: host of the registry, name in it, the stub that stands for both, user and password;
   * null is not given. `tls`: the settings of TLS (Tls.of), or null; `registryTls`: the registry
   * speaks it too.
   */
  Endpoint(byte[][] given, int port, byte[][] tls, boolean registryTls) {
    this.given = given;
    this.port = port;
    this.tls = tls;
    this.registryTls = registryTls;
  }

  String host() {
    return Session.text(given[HOST]);
  }

  int port() {
    return port;
  }

  String name() {
    return Session.text(given[NAME]);
  }

  /** The RMIServer itself, serialized, in Base64; or null: it is in the registry. */
  byte[] stub() {
    return given[STUB];
  }

  /** User name and password, or null. */
  String[] credentials() {
    return given[USER] == null
        ? null
        : new String[] {Session.text(given[USER]), Session.text(given[PASSWORD])};
  }

  byte[][] tls() {
    return tls;
  }

  boolean registryTls() {
    return registryTls;
  }
}
