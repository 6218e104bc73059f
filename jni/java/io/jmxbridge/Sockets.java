package io.jmxbridge;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.rmi.server.RMISocketFactory;
import java.security.Security;

/** The socket factory of everything that RMI does in this JVM; it never listens. */
final class Sockets extends RMISocketFactory {
  private static boolean installed;

  private Sockets() {}

  /** Takes over what RMI connects and reads with, once, before its first use. */
  static synchronized void install() throws IOException {
    if (!installed) {
      Incoming.install();
      RMISocketFactory.setSocketFactory(new Sockets());
      Security.setProperty("ssl.SocketFactory.provider", TlsSockets.class.getName());
      installed = true;
    }
  }

  /**
   * Connects for the call of this thread, or, on RMI's own threads, for an open session; with `tls`
   * for one that speaks it.
   */
  static TrackedSocket connect(String host, int port, Tls tls) throws IOException {
    Call call = Call.current();
    Session session = call != null ? call.session : Session.connectedTo(host, port, tls);
    if (session == null) {
      throw new ConnectException("no session is open to this address");
    }
    return session.connect(call, host, port);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(host, port, null);
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    throw new SocketException("this JVM does not listen");
  }
}
