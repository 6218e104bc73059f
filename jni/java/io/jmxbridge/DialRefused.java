package io.jmxbridge;

import java.io.IOException;

/** The dial policy or the name service says no; the message is the native side's own sentence. */
final class DialRefused extends IOException {
  private static final long serialVersionUID = 1;

  DialRefused(String message) {
    super(message);
  }
}
