package io.jmxbridge;

import java.net.MalformedURLException;
import java.rmi.server.RMIClassLoader;
import java.rmi.server.RMIClassLoaderSpi;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where RMI finds the classes that an answer names: in the JDK, and nowhere else. RMI's own way asks
 * the JVM by name for each class of each answer; here the answer is kept. The one exception is the
 * factory of TLS sockets, for which a class of ours stands in. Named in
 * java.rmi.server.RMIClassLoaderSpi.
 */
public final class JdkClasses extends RMIClassLoaderSpi {
  /** Far more than answers have; a target that names others has them looked up each time. */
  private static final int KEPT = 1000;

  private final Map<String, Class<?>> known = new ConcurrentHashMap<>();
  private final ClassLoader jdk = ClassLoader.getPlatformClassLoader();

  /** Called by RMIClassLoader. */
  public JdkClasses() {}

  @Override
  public Class<?> loadClass(String codebase, String name, ClassLoader defaultLoader)
      throws MalformedURLException, ClassNotFoundException {
    Class<?> found = known.get(name);
    if (found == null) {
      found =
          name.equals(SslRMIClientSocketFactory.STANDS_FOR)
              ? SslRMIClientSocketFactory.class
              : Class.forName(name, false, jdk);
      if (known.size() < KEPT) {
        known.put(name, found);
      }
    }
    return found;
  }

  @Override
  public Class<?> loadProxyClass(String codebase, String[] interfaces, ClassLoader defaultLoader)
      throws MalformedURLException, ClassNotFoundException {
    return RMIClassLoader.getDefaultProviderInstance().loadProxyClass(null, interfaces, jdk);
  }

  @Override
  public ClassLoader getClassLoader(String codebase) {
    return jdk;
  }

  @Override
  public String getClassAnnotation(Class<?> type) {
    return null;
  }
}
