package io.jmxbridge;

import java.io.ObjectInputFilter;

/**
 * What a target may make this JVM build: the JDK's classes only, in sane numbers, and none of those
 * that act while they are read (listen, connect, look names up, load code). The verdict on a class is
 * kept with it: a pattern in jdk.serialFilter says the same and is a twelfth of a read's cost.
 */
final class Incoming implements ObjectInputFilter {
  private static final long DEPTH = 100;
  private static final long REFERENCES = 2_000_000;
  private static final long BYTES = 64L << 20;
  private static final long ARRAY = 1 << 20;

  private static final String[] REFUSED = {
    "java.net.URL",
    "java.rmi.server.UnicastRemoteObject",
    "java.rmi.activation.",
    "java.awt.",
    "java.beans.",
    "javax.naming.",
    "javax.swing.",
    "com.sun.jndi.",
    "com.sun.org.apache.",
    "com.sun.rowset.",
  };

  private static final String[] ALLOWED = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

  private static final ClassValue<Status> VERDICT =
      new ClassValue<>() {
        @Override
        protected Status computeValue(Class<?> type) {
          return judge(type);
        }
      };

  /** Makes this the filter of every stream, unless jdk.serialFilter was given. */
  static void install() {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      ObjectInputFilter.Config.setSerialFilter(new Incoming());
    }
  }

  @Override
  public Status checkInput(FilterInfo info) {
    if (info.depth() > DEPTH
        || info.references() > REFERENCES
        || info.streamBytes() > BYTES
        || info.arrayLength() > ARRAY) {
      return Status.REJECTED;
    }
    Class<?> type = info.serialClass();
    return type == null ? Status.UNDECIDED : VERDICT.get(type);
  }

  private static Status judge(Class<?> type) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    if (element.isPrimitive()) {
      return Status.ALLOWED;
    }
    // The two that JdkClasses puts in the place of one of the JDK's.
    if (element == SslRMIClientSocketFactory.class || element == TlsSocketFactory.class) {
      return Status.ALLOWED;
    }
    String name = element.getName();
    if (startsWithAny(name, REFUSED) || !startsWithAny(name, ALLOWED)) {
      return Status.REJECTED;
    }
    return Status.ALLOWED;
  }

  private static boolean startsWithAny(String name, String[] prefixes) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
