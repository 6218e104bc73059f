package io.jmxbridge;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutput;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.rmi.Remote;
import java.rmi.server.RemoteObject;
import java.rmi.server.RemoteRef;

/** Takes in what a stub's reference writes of itself; of objects only their class. */
final class WireReference extends DataOutputStream implements ObjectOutput {
  private String factory = "";

  private WireReference(ByteArrayOutputStream bytes) {
    super(bytes);
  }

  /** The reference's class, its socket factory's class (empty: none) and its bytes; or null. */
  static Object[] of(Remote stub) throws IOException {
    Object holder = Proxy.isProxyClass(stub.getClass()) ? Proxy.getInvocationHandler(stub) : stub;
    if (!(holder instanceof RemoteObject)) {
      return null;
    }
    RemoteRef reference = ((RemoteObject) holder).getRef();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireReference out = new WireReference(bytes);
    String type = reference.getRefClass(out);
    if (type == null) {
      return null;
    }
    reference.writeExternal(out);
    return new Object[] {
      type.getBytes(StandardCharsets.UTF_8),
      out.factory.getBytes(StandardCharsets.UTF_8),
      bytes.toByteArray()
    };
  }

  @Override
  public void writeObject(Object object) {
    if (object instanceof TlsSocketFactory) {
      factory = SslRMIClientSocketFactory.STANDS_FOR;
    } else {
      factory = object == null ? "" : object.getClass().getName();
    }
  }
}
