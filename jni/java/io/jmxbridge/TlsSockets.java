package io.jmxbridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;

/**
 * What SSLSocketFactory.getDefault() gives in this JVM. The JDK's SslRMIClientSocketFactory, which
 * Tls calls, asks it for a socket: it connects by the dial policy and speaks that Tls.
 */
public final class TlsSockets extends SSLSocketFactory {
  /** Called by SSLSocketFactory.getDefault(). */
  public TlsSockets() {}

  @Override
  public String[] getDefaultCipherSuites() {
    return new String[0];
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[0];
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Tls tls = Tls.connecting();
    if (tls == null) {
      throw refused();
    }
    return tls.layer(Sockets.connect(host, port, tls), host, port);
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    throw refused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw refused();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw refused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw refused();
  }

  private static SocketException refused() {
    return new SocketException("TLS is for sessions with targets only");
  }
}
