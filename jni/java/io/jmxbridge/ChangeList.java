package io.jmxbridge;

import javax.management.MBeanServerNotification;
import javax.management.Notification;
import javax.management.ObjectName;

/** Registrations and their ends, oldest first, in the form that the native side reads. */
final class ChangeList {
  /** More than this at once and a new query is cheaper than the list. */
  static final int LIMIT = 20_000;

  private final Scratch out;
  private int size;

  ChangeList(Scratch out) {
    this.out = out;
  }

  int size() {
    return size;
  }

  /** Appends a notification of the delegate; false if it is none. */
  boolean add(Notification notification) throws Scratch.Full {
    if (!(notification instanceof MBeanServerNotification)) {
      return false;
    }
    ObjectName name = ((MBeanServerNotification) notification).getMBeanName();
    boolean registered =
        MBeanServerNotification.REGISTRATION_NOTIFICATION.equals(notification.getType());
    if (name == null
        || (!registered
            && !MBeanServerNotification.UNREGISTRATION_NOTIFICATION.equals(
                notification.getType()))) {
      return false;
    }
    out.putByte(registered ? 1 : 0);
    out.putText(name.toString());
    size++;
    return true;
  }
}
