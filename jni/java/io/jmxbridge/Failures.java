package io.jmxbridge;

import java.nio.charset.StandardCharsets;

/** Exceptions as text for the native side, which makes sentences of them. */
final class Failures {
  private static final int DEPTH = 8;
  private static final int MESSAGE = 400;

  private Failures() {}

  /** Stage, peer's host, port and first byte, then class and message of each cause; NUL between. */
  static byte[] describe(Throwable thrown, Session session) {
    StringBuilder text = new StringBuilder();
    if (session == null) {
      text.append("2\0\0" + "0\0-1");
    } else {
      text.append(session.stage()).append('\0');
      text.append(session.peerHost().replace('\0', ' ')).append('\0');
      text.append(session.peerPort()).append('\0').append(session.greeting());
    }
    Throwable cause = thrown;
    for (int i = 0; i < DEPTH && cause != null; i++, cause = cause.getCause()) {
      text.append('\0').append(cause.getClass().getName());
      text.append('\0').append(message(cause));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The innermost cause on one line. */
  static String brief(Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; i < DEPTH && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    String message = message(cause);
    return message.isEmpty()
        ? cause.getClass().getName()
        : cause.getClass().getName() + ": " + message;
  }

  private static String message(Throwable thrown) {
    String message;
    try {
      message = thrown.getMessage();
    } catch (RuntimeException e) {
      return "";
    }
    if (message == null) {
      return "";
    }
    String cut = message.length() > MESSAGE ? message.substring(0, MESSAGE) : message;
    return cut.replace('\0', ' ');
  }
}
