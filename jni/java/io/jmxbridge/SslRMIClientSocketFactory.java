package io.jmxbridge;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;

/**
 * What a stub's javax.rmi.ssl.SslRMIClientSocketFactory is read as (JdkClasses): the JDK's takes the
 * TLS settings of the whole JVM, and this becomes the factory of the session that reads the stub.
 */
final class SslRMIClientSocketFactory implements Serializable {
  static final String STANDS_FOR = "javax.rmi.ssl.SslRMIClientSocketFactory";

  /** That of the class it stands for: the two must be taken for one. */
  private static final long serialVersionUID = -8310631444933958385L;

  private Object readResolve() throws ObjectStreamException {
    Call call = Call.current();
    if (call == null) {
      throw new InvalidObjectException("a stub came outside of a call");
    }
    return call.session.tls().factory();
  }
}
