package io.jmxbridge;

import java.nio.charset.StandardCharsets;

/** What the native side asks of this JVM as a whole. */
final class Jvm {
  private Jvm() {}

  /** Gives a native thread the class loader that RMI looks classes up with. */
  static void adopt() {
    Thread.currentThread().setContextClassLoader(Jvm.class.getClassLoader());
  }

  static byte[] version() {
    return System.getProperty("java.version").getBytes(StandardCharsets.UTF_8);
  }

  static long heapUsed() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
