package io.jmxbridge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.rmi.server.RMIClassLoader;
import java.util.Base64;

/** A remote object's stub as a URL carries it. */
final class Stub {
  private Stub() {}

  /** The object that the Base64 text stands for. */
  static Object decode(byte[] base64) throws IOException, ClassNotFoundException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidObjectException("it is not Base64");
    }
    try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    }
  }

  /** Reads with the classes that a stub from a registry would be read with. */
  private static final class Input extends ObjectInputStream {
    Input(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass type)
        throws IOException, ClassNotFoundException {
      return RMIClassLoader.loadClass((String) null, type.getName(), null);
    }
  }
}
