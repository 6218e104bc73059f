package io.jmxbridge;

import java.io.IOException;
import java.rmi.MarshalledObject;
import java.util.Set;
import javax.management.AttributeList;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.MBeanServerDelegate;
import javax.management.ObjectName;
import javax.management.remote.NotificationResult;
import javax.management.remote.TargetedNotification;
import javax.management.remote.rmi.RMIConnection;
import javax.security.auth.Subject;

/**
 * A target's MBean server. The raw connection is used because a JMXConnector adds a thread and its
 * own heartbeat to each session.
 */
final class RemoteServer implements Server {
  private static final int AT_ONCE = 1000;

  /** RMI keeps several connections, all of which the target may have closed while they were idle. */
  static final int TRIES = 4;

  private final RMIConnection connection;
  private boolean asked;
  private boolean listening;
  private long next;

  RemoteServer(RMIConnection connection) {
    this.connection = connection;
  }

  @Override
  public AttributeList attributes(ObjectName name, String[] attributes)
      throws JMException, IOException {
    return connection.getAttributes(name, attributes, null);
  }

  @Override
  public Object attribute(ObjectName name, String attribute) throws JMException, IOException {
    return connection.getAttribute(name, attribute, null);
  }

  @Override
  public MBeanInfo info(ObjectName name) throws JMException, IOException {
    return connection.getMBeanInfo(name, null);
  }

  @Override
  public Set<ObjectName> names(ObjectName pattern) throws IOException {
    return connection.queryNames(pattern, null, null);
  }

  @Override
  public void probe() throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        connection.getDefaultDomain(null);
        return;
      } catch (IOException e) {
        if (tries == TRIES || Trouble.of(e) != Trouble.BROKEN_OFF) {
          throw e;
        }
      }
    }
  }

  @Override
  public boolean changes(ChangeList changes) throws IOException {
    if (!asked) {
      listen();
      asked = true;
      return false;
    }
    return listening && fetch(changes);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  private void listen() throws IOException {
    try {
      connection.addNotificationListeners(
          new ObjectName[] {MBeanServerDelegate.DELEGATE_NAME},
          new MarshalledObject<?>[1],
          new Subject[1]);
      restart();
      listening = true;
    } catch (InstanceNotFoundException | IOException | RuntimeException e) {
      rethrowLost(e);
    }
  }

  /** Goes on with what happens from now on. */
  private void restart() throws IOException {
    next = connection.fetchNotifications(-1, 0, 0).getNextSequenceNumber();
  }

  private boolean fetch(ChangeList changes) throws IOException {
    boolean whole = true;
    try {
      int count;
      do {
        NotificationResult result = connection.fetchNotifications(next, AT_ONCE, 0);
        TargetedNotification[] list = result.getTargetedNotifications();
        count = list.length;
        whole &= result.getEarliestSequenceNumber() <= next;
        next = result.getNextSequenceNumber();
        for (TargetedNotification one : list) {
          whole &= changes.add(one.getNotification());
        }
        if (changes.size() > ChangeList.LIMIT) {
          restart();
          return false;
        }
      } while (count >= AT_ONCE && whole);
      if (!whole) {
        restart();
      }
      return whole;
    } catch (Scratch.Full e) {
      restart();
      return false;
    } catch (IOException | RuntimeException e) {
      rethrowLost(e);
      restart();
      return false;
    }
  }

  /** Throws what means that there is no session or no time; the rest means "not known". */
  private static void rethrowLost(Exception e) throws IOException {
    switch (Trouble.of(e)) {
      case LOST:
      case DEADLINE:
      case BROKEN_OFF:
        throw (IOException) e;
      default:
        break;
    }
  }
}
