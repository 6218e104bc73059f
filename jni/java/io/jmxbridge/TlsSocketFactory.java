package io.jmxbridge;

import java.io.IOException;
import java.net.Socket;
import java.rmi.server.RMIClientSocketFactory;

/**
 * What RMI connects with where TLS is spoken. RMI shares connections between all that have the same
 * host, port and factory, so there is one factory for each Tls: sessions that trust differently, or
 * show another certificate, share none.
 */
final class TlsSocketFactory implements RMIClientSocketFactory {
  private final Tls tls;

  TlsSocketFactory(Tls tls) {
    this.tls = tls;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return tls.connect(host, port);
  }
}
