package io.jmxbridge;

/**
 * A call that the native side makes on a session: its number and its deadline. The thread carries
 * it, so that the socket factory and the sockets know for whom they work.
 */
final class Call implements AutoCloseable {
  private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

  final Session session;
  final long number;
  private final long deadline;
  private volatile boolean ended;
  private boolean inherited;

  private Call(Session session, long number, long deadline) {
    this.session = session;
    this.number = number;
    this.deadline = deadline;
  }

  /** Starts a call on this thread; `deadline` is on the clock of System.nanoTime(). */
  static Call begin(Session session, long number, long deadline) {
    Call call = new Call(session, number, deadline);
    CURRENT.set(call);
    return call;
  }

  /** The call that this thread is in, or null on RMI's own threads. */
  static Call current() {
    return CURRENT.get();
  }

  /** What is left until the deadline, rounded up; 0 when it has passed. */
  int millisLeft() {
    long left = deadline - System.nanoTime();
    return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
  }

  /** Notes that it writes to a connection that an earlier call has left behind. */
  void inherits() {
    inherited = true;
  }

  /** Whether it has done so since this was last asked. */
  boolean takeInherited() {
    boolean taken = inherited;
    inherited = false;
    return taken;
  }

  boolean expired() {
    return deadline - System.nanoTime() <= 0;
  }

  boolean ended() {
    return ended;
  }

  /** True once the native side has given up on this call. */
  boolean aborted() {
    return session.aborted(number);
  }

  @Override
  public void close() {
    ended = true;
    CURRENT.remove();
  }
}
