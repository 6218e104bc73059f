package io.jmxbridge;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.management.AttributeList;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ListenerNotFoundException;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;

/** The MBean server of this JVM. */
final class OwnServer implements Server, NotificationListener {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final BlockingQueue<Notification> queue = new ArrayBlockingQueue<>(1000);
  private boolean listening;
  private volatile boolean overrun;

  @Override
  public AttributeList attributes(ObjectName name, String[] attributes) throws JMException {
    return server.getAttributes(name, attributes);
  }

  @Override
  public Object attribute(ObjectName name, String attribute) throws JMException {
    return server.getAttribute(name, attribute);
  }

  @Override
  public MBeanInfo info(ObjectName name) throws JMException {
    return server.getMBeanInfo(name);
  }

  @Override
  public Set<ObjectName> names(ObjectName pattern) {
    return server.queryNames(pattern, null);
  }

  @Override
  public void probe() {}

  @Override
  public boolean changes(ChangeList changes) throws IOException {
    if (!listening) {
      try {
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, this, null, null);
        listening = true;
      } catch (InstanceNotFoundException e) {
        // Asked again at the next call.
      }
      return false;
    }
    boolean whole = !overrun;
    overrun = false;
    try {
      for (Notification one = queue.poll(); one != null; one = queue.poll()) {
        whole &= changes.add(one);
      }
    } catch (Scratch.Full e) {
      queue.clear();
      return false;
    }
    return whole;
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (!queue.offer(notification)) {
      overrun = true;
    }
  }

  @Override
  public void close() throws IOException {
    if (listening) {
      try {
        server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, this);
      } catch (InstanceNotFoundException | ListenerNotFoundException e) {
        // It is not there, which is what was wanted.
      }
      listening = false;
    }
  }
}
