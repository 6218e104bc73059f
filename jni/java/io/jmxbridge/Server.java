package io.jmxbridge;

import java.io.IOException;
import java.util.Set;
import javax.management.AttributeList;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.ObjectName;

/** An MBean server, a target's or this JVM's own, as far as reading it needs. */
interface Server {
  /** The values of the attributes; what a getter threw is left out. */
  AttributeList attributes(ObjectName name, String[] attributes) throws JMException, IOException;

  /** The value of one attribute. */
  Object attribute(ObjectName name, String attribute) throws JMException, IOException;

  /** What the bean says of itself. */
  MBeanInfo info(ObjectName name) throws JMException, IOException;

  /** The names that the pattern takes in. */
  Set<ObjectName> names(ObjectName pattern) throws IOException;

  /** Appends what came and went since the last call; false where that cannot be known. */
  boolean changes(ChangeList changes) throws IOException;

  /** Fails if calls cannot be made any more. */
  void probe() throws IOException;

  /** Ends the session. */
  void close() throws IOException;
}
