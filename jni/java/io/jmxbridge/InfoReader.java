package io.jmxbridge;

import java.io.IOException;
import java.util.zip.CRC32;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.ObjectName;

/** Reads MBeanInfos and remembers, of those that may change, what was handed out last. */
final class InfoReader {
  private InfoReader() {}

  /** Puts the bean's MBeanInfo into the record. */
  static void read(Session session, ObjectName name, Record record)
      throws JMException, IOException {
    MBeanInfo info = session.server().info(name);
    int start = record.info(info);
    if ("true".equalsIgnoreCase(String.valueOf(info.getDescriptor().getFieldValue("immutableInfo")))) {
      session.infos().remove(name);
    } else {
      session.infos().put(name, fingerprint(record.bytes(), start));
    }
  }

  /** Puts the bean's MBeanInfo into the record if it is not the one that was handed out last. */
  static void watch(Session session, ObjectName name, Record record) throws IOException {
    try {
      int start = record.info(session.server().info(name));
      Long fingerprint = fingerprint(record.bytes(), start);
      if (fingerprint.equals(session.infos().put(name, fingerprint))) {
        record.dropInfo();
      }
    } catch (JMException | IOException | RuntimeException | StackOverflowError e) {
      record.dropInfo();
      Trouble trouble = Trouble.of(e);
      if (trouble == Trouble.LOST || trouble == Trouble.DEADLINE) {
        throw e instanceof IOException ? (IOException) e : new IOException(e);
      }
      // An info that cannot be read now says nothing; the attributes show whether the bean is there.
    }
  }

  private static long fingerprint(Scratch bytes, int start) {
    CRC32 sum = new CRC32();
    sum.update(bytes.bytes(), start, bytes.size() - start);
    return (sum.getValue() << 32) | (bytes.size() - start);
  }
}
