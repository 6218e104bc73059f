package io.jmxbridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * What SSLSocketFactory.getDefault() gives in this JVM, so that stubs whose sockets speak TLS keep
 * to the dial policy and the deadlines too.
 */
public final class TlsSockets extends SSLSocketFactory {
  private final SSLSocketFactory tls;

  /** Called by SSLSocketFactory.getDefault(). */
  public TlsSockets() throws NoSuchAlgorithmException {
    tls = SSLContext.getDefault().getSocketFactory();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket(Sockets.connect(host, port), host, port, true);
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new SocketException("a local address cannot be chosen");
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new SocketException("a local address cannot be chosen");
  }
}
