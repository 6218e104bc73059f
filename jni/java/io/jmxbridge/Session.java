package io.jmxbridge;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.rmi.registry.LocateRegistry;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIServer;

/** One session with an MBean server, and the sockets that it uses. Called by the native side. */
final class Session {
  /** How far opening has come; the native side names the steps in its error texts. */
  static final int LOOKUP = 0;

  static final int LOGIN = 1;
  static final int OPEN = 2;

  /** One connect may take this long at most, whatever the deadline. */
  private static final int CONNECT_MILLIS = 10_000;

  private static final Set<Session> OPENED = ConcurrentHashMap.newKeySet();

  private final long dials;
  private final long id;
  private final Set<TrackedSocket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<String> admitted = ConcurrentHashMap.newKeySet();
  private final Map<ObjectName, Long> infos = new ConcurrentHashMap<>();
  private byte[][] tlsSettings = new byte[Tls.SETTINGS][];
  private volatile Tls tls;
  private Server server;
  private RMIConnection connection;
  private volatile long abortedUpTo = -1;
  private volatile int stage = LOOKUP;
  private volatile String peerHost = "";
  private volatile int peerPort;
  private volatile int greeting = -1;

  /** `dials` and `id` say where the native side finds this session's dial function. */
  Session(long dials, long id) {
    this.dials = dials;
    this.id = id;
  }

  /** The numeric addresses to try, one a line, or `!` and a sentence that says why not. */
  private static native byte[] dial(long dials, long id, byte[] host, int port);

  Server server() {
    return server;
  }

  /** What the MBeanInfos that may change were last handed out as. */
  Map<ObjectName, Long> infos() {
    return infos;
  }

  int stage() {
    return stage;
  }

  String peerHost() {
    return peerHost;
  }

  int peerPort() {
    return peerPort;
  }

  /** The first byte that the peer sent, or -1. */
  int greeting() {
    return greeting;
  }

  /** Opens a session with the MBean server that the endpoint leads to. */
  void open(Endpoint endpoint, long number, long deadline) throws Exception {
    Sockets.install();
    try (Call call = Call.begin(this, number, deadline)) {
      if (endpoint.tls() != null) {
        tlsSettings = endpoint.tls();
        tls();
      }
      Object found = endpoint.stub() == null ? lookUp(call, endpoint) : Stub.decode(endpoint.stub());
      if (!(found instanceof RMIServer)) {
        throw new InvalidObjectException("it is no RMIServer");
      }
      stage = LOGIN;
      String[] credentials = endpoint.credentials();
      connection = ask(call, () -> ((RMIServer) found).newClient(credentials));
      server = new RemoteServer(connection);
      stage = OPEN;
      OPENED.add(this);
    }
  }

  private Object lookUp(Call call, Endpoint endpoint) throws Exception {
    TlsSocketFactory factory = endpoint.registryTls() ? tls().factory() : null;
    return ask(
        call,
        () ->
            LocateRegistry.getRegistry(endpoint.host(), endpoint.port(), factory)
                .lookup(endpoint.name()));
  }

  /** Makes this a session with the MBean server of this JVM. */
  void openOwn() {
    server = new OwnServer();
    stage = OPEN;
  }

  /** The TLS that this session speaks where it is to; made when it is needed first. */
  synchronized Tls tls() throws TlsRefused {
    if (tls == null) {
      tls = Tls.of(tlsSettings);
      tlsSettings = null;
    }
    return tls;
  }

  /** What it takes to speak the session's TLS elsewhere (Tls.material). */
  byte[][] tlsMaterial() throws GeneralSecurityException, TlsRefused {
    return tls().material();
  }

  /** The class of the stub's reference, that of its socket factory, and its bytes; or null. */
  Object[] wireReference() throws IOException {
    return connection == null ? null : WireReference.of(connection);
  }

  /** The names that the pattern takes in. */
  ObjectName[] query(byte[] pattern, long number, long deadline) throws Exception {
    try (Call call = Call.begin(this, number, deadline)) {
      return server.names(new ObjectName(text(pattern))).toArray(new ObjectName[0]);
    }
  }

  /** Writes names from `from` on, each as length and UTF-8, while they fit; returns how many. */
  static int names(ObjectName[] names, int from, ByteBuffer out) {
    int at = from;
    for (; at < names.length; at++) {
      byte[] name = names[at].toString().getBytes(StandardCharsets.UTF_8);
      if (out.remaining() < name.length + Integer.BYTES) {
        break;
      }
      out.putInt(name.length).put(name);
    }
    return at - from;
  }

  /** What came and went since the last call; null where that is not known. */
  byte[] changes(int limit, long number, long deadline) throws IOException {
    try (Call call = Call.begin(this, number, deadline)) {
      Scratch out = new Scratch(limit);
      if (!server.changes(new ChangeList(out))) {
        return null;
      }
      return Arrays.copyOf(out.bytes(), out.size());
    }
  }

  /** Makes a plan of what is read again and again. */
  Plan plan(ByteBuffer encoded) {
    Plan plan = new Plan(encoded);
    infos.keySet().retainAll(plan.watched());
    return plan;
  }

  /** One reading of a plan's attributes. */
  Run fetch(Plan plan) {
    return new FetchRun(this, plan);
  }

  /** One reading of the beans' MBeanInfo. */
  Run describe(ByteBuffer encoded) {
    return new DescribeRun(this, new Plan(encoded));
  }

  /** Makes a small call, which shows the target that the session is in use. */
  void keep(long number, long deadline) throws IOException {
    try (Call call = Call.begin(this, number, deadline)) {
      server.probe();
    }
  }

  /** Ends calls up to this number: their sockets are closed and they get no new ones. */
  void abort(long number) {
    if (number > abortedUpTo) {
      abortedUpTo = number;
    }
    for (TrackedSocket socket : sockets) {
      if (socket.isUsed(this, number)) {
        try {
          socket.close();
        } catch (IOException e) {
          // A socket that cannot be closed is closed.
        }
      }
    }
  }

  boolean aborted(long number) {
    return number <= abortedUpTo;
  }

  /** Closes the session at the target, then everything that belongs to it here. */
  void close(long number, long deadline) throws IOException {
    try (Call call = Call.begin(this, number, deadline)) {
      if (server != null) {
        server.close();
      }
    } finally {
      OPENED.remove(this);
      abort(Long.MAX_VALUE);
    }
  }

  /** An open session that has connected to this address, with this TLS if it is given, or null. */
  static Session connectedTo(String host, int port, Tls tls) {
    for (Session session : OPENED) {
      if ((tls == null || session.tls == tls) && session.admitted.contains(host + ':' + port)) {
        return session;
      }
    }
    return null;
  }

  /** Asks the dial policy; the addresses to try. */
  String[] admit(String host, int port) throws DialRefused {
    String answer = text(dial(dials, id, host.getBytes(StandardCharsets.UTF_8), port));
    if (answer.isEmpty() || answer.charAt(0) == '!') {
      throw new DialRefused(answer.isEmpty() ? "there is no address" : answer.substring(1));
    }
    admitted.add(host + ':' + port);
    return answer.split("\n");
  }

  /** Connects to the first address that answers. */
  TrackedSocket connect(Call call, String host, int port) throws IOException {
    if (call != null) {
      peerHost = host;
      peerPort = port;
      greeting = -1;
    }
    String[] addresses = admit(host, port);
    IOException last = null;
    for (int i = 0; i < addresses.length; i++) {
      if (call != null && call.aborted()) {
        throw new SocketException("the call was given up");
      }
      TrackedSocket socket = new TrackedSocket(this, call, host, port);
      sockets.add(socket);
      try {
        int left = call == null ? CONNECT_MILLIS : call.millisLeft();
        int millis = Math.min(CONNECT_MILLIS, Math.max(1, left / (addresses.length - i)));
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(new InetSocketAddress(InetAddress.getByName(addresses[i]), port), millis);
        if (call != null && call.aborted()) {
          throw new SocketException("the call was given up");
        }
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last == null ? new ConnectException("there is no address") : last;
  }

  void remember(TrackedSocket socket) {
    sockets.add(socket);
  }

  void forget(TrackedSocket socket) {
    sockets.remove(socket);
  }

  void greeted(int first) {
    greeting = first;
  }

  /**
   * Asks again where the answer breaks off on a connection that an earlier call has left behind: for
   * twice the time of its last ping RMI takes one for sound, even if the target has ended since.
   */
  private static <T> T ask(Call call, Callable<T> question) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return question.call();
      } catch (IOException e) {
        if (tries == RemoteServer.TRIES
            || Trouble.of(e) != Trouble.BROKEN_OFF
            || !call.takeInherited()) {
          throw e;
        }
      }
    }
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** The name, or null for text that is none. */
  static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException e) {
      return null;
    }
  }
}
