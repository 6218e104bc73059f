package io.jmxbridge;

import java.io.ObjectStreamException;

/**
 * What the configuration or the JVM's properties say of TLS cannot be used; the message is a sentence
 * for the user, without secrets. An ObjectStreamException, as it may show while a stub is read.
 */
final class TlsRefused extends ObjectStreamException {
  private static final long serialVersionUID = 1;

  TlsRefused(String message) {
    super(message);
  }
}
