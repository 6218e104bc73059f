package io.jmxbridge;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectStreamException;
import java.net.SocketTimeoutException;
import java.rmi.ConnectException;
import java.rmi.ConnectIOException;
import java.rmi.MarshalException;
import java.rmi.NoSuchObjectException;
import java.rmi.RemoteException;
import java.rmi.UnknownHostException;
import java.rmi.UnmarshalException;
import javax.management.InstanceNotFoundException;

/** What an exception from a call means for what comes next. */
enum Trouble {
  /** The bean is not registered. */
  GONE,
  /** The target may not or will not: nothing about this bean can be read. */
  DENIED,
  /** A class in the answer is not here, or not wanted. */
  UNKNOWN_CLASS,
  /** The answer could not be written or read. */
  UNREADABLE,
  /** The target threw. */
  THREW,
  /** The connection ended within an answer. */
  BROKEN_OFF,
  /** No answer in time. */
  DEADLINE,
  /** No connection, or no session. */
  LOST;

  /** How RMI begins when it is what the target threw, not a value, that cannot be read. */
  private static final String UNREADABLE_EXCEPTION = "Error unmarshaling return;";

  static Trouble of(Throwable thrown) {
    if (thrown instanceof InstanceNotFoundException) {
      return GONE;
    }
    if (thrown instanceof SecurityException) {
      return DENIED;
    }
    if (thrown instanceof UnmarshalException || thrown instanceof MarshalException) {
      Throwable cause = thrown.getCause();
      if (cause instanceof ClassNotFoundException || cause instanceof InvalidClassException) {
        return String.valueOf(thrown.getMessage()).startsWith(UNREADABLE_EXCEPTION)
            ? THREW
            : UNKNOWN_CLASS;
      }
      if (cause instanceof ObjectStreamException) {
        return UNREADABLE;
      }
      if (cause instanceof SocketTimeoutException) {
        return DEADLINE;
      }
      return cause instanceof IOException ? BROKEN_OFF : UNREADABLE;
    }
    if (thrown instanceof ConnectException
        || thrown instanceof ConnectIOException
        || thrown instanceof UnknownHostException
        || thrown instanceof NoSuchObjectException) {
      return thrown.getCause() instanceof SocketTimeoutException ? DEADLINE : LOST;
    }
    if (thrown instanceof RemoteException) {
      return THREW;
    }
    return thrown instanceof IOException ? LOST : THREW;
  }
}
