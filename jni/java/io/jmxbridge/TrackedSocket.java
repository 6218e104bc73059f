package io.jmxbridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * A socket that knows which call uses it. RMI keeps sockets per host and port for the whole JVM, so
 * the user is noted at each write, and the new user's dial policy is asked before it may write.
 * Reads end at the deadline of the call.
 *
 * <p>Before each call RMI sends a ping and waits for its answer unless the last use was within twice
 * the round trip, measured in whole milliseconds: on a near network that is a second round trip for
 * every call. A socket that has answered within the last second answers the ping itself.
 */
final class TrackedSocket extends Socket {
  private static final int PING = 0x52;
  private static final int PING_ACK = 0x53;
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final String host;
  private final int port;
  private volatile Session owner;
  private volatile Call user;
  private int timeout;
  private boolean answered;
  private boolean readLast;
  private boolean pinged;
  private long lastRead;
  private InputStream in;
  private OutputStream out;

  TrackedSocket(Session owner, Call user, String host, int port) {
    super(Proxy.NO_PROXY);
    this.owner = owner;
    this.user = user;
    this.host = host;
    this.port = port;
  }

  /**
   * True if a call of this session is using it, with this number or a lower one. Where no call is
   * under way the socket rests with RMI, and another session may be about to take it.
   */
  boolean isUsed(Session session, long number) {
    Call call = user;
    return call != null && call.session == session && call.number <= number && !call.ended();
  }

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new In(super.getInputStream());
    }
    return in;
  }

  @Override
  public synchronized OutputStream getOutputStream() throws IOException {
    if (out == null) {
      out = new Out(super.getOutputStream());
    }
    return out;
  }

  @Override
  public synchronized void setSoTimeout(int millis) throws SocketException {
    timeout = millis;
    super.setSoTimeout(millis);
  }

  @Override
  public synchronized int getSoTimeout() throws SocketException {
    return timeout;
  }

  @Override
  public void close() throws IOException {
    owner.forget(this);
    super.close();
  }

  private void use(Call call) throws IOException {
    if (call == null) {
      return;
    }
    if (call.session != owner) {
      call.session.admit(host, port);
      owner.forget(this);
      owner = call.session;
      owner.remember(this);
    }
    if (call != user) {
      call.inherits();
    }
    user = call;
    if (call.aborted()) {
      throw new SocketException("the call was given up");
    }
  }

  private void limit(Call call) throws IOException {
    int millis = timeout;
    if (call != null) {
      int left = call.millisLeft();
      if (left == 0) {
        throw new SocketTimeoutException("the deadline has passed");
      }
      millis = millis == 0 ? left : Math.min(millis, left);
    }
    super.setSoTimeout(millis);
  }

  private final class In extends InputStream {
    private final InputStream raw;

    In(InputStream raw) {
      this.raw = raw;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (pinged) {
        pinged = false;
        to[offset] = (byte) PING_ACK;
        return 1;
      }
      limit(Call.current());
      int count = raw.read(to, offset, length);
      if (count > 0 && !answered) {
        answered = true;
        owner.greeted(to[offset] & 0xff);
      }
      lastRead = System.nanoTime();
      readLast = count > 0;
      return count;
    }

    @Override
    public int available() throws IOException {
      return pinged ? 1 : raw.available();
    }

    @Override
    public void close() throws IOException {
      TrackedSocket.this.close();
    }
  }

  private final class Out extends OutputStream {
    private final OutputStream raw;

    Out(OutputStream raw) {
      this.raw = raw;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      Call call = Call.current();
      use(call);
      // While a session is opened RMI's own ping stands: a target that has just been restarted, or
      // that closes after each answer, has left connections behind that only look fresh.
      boolean open = call != null && call.session.stage() == Session.OPEN;
      if (open
          && length == 1
          && from[offset] == PING
          && readLast
          && !isClosed()
          && System.nanoTime() - lastRead < FRESH_NANOS) {
        pinged = true;
        return;
      }
      raw.write(from, offset, length);
      readLast = false;
    }

    @Override
    public void close() throws IOException {
      TrackedSocket.this.close();
    }
  }
}
