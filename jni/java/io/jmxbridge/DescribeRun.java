package io.jmxbridge;

import java.io.IOException;
import javax.management.JMException;

/** Reads the MBeanInfo of beans. */
final class DescribeRun extends Run {
  private final Plan plan;

  DescribeRun(Session session, Plan plan) {
    super(session);
    this.plan = plan;
  }

  @Override
  int size() {
    return plan.size();
  }

  @Override
  void read(int index, Record record) throws IOException {
    Plan.Bean bean = plan.bean(index);
    if (bean.name == null) {
      record.fail(Record.FAILED, "the name is no ObjectName here");
      return;
    }
    for (boolean again = false; ; again = true) {
      try {
        InfoReader.read(session(), bean.name, record);
        return;
      } catch (JMException | IOException | RuntimeException | StackOverflowError e) {
        Trouble trouble = Trouble.of(e);
        if (trouble == Trouble.LOST || trouble == Trouble.DEADLINE) {
          throw e instanceof IOException ? (IOException) e : new IOException(e);
        }
        if (trouble == Trouble.BROKEN_OFF) {
          session().server().probe();
          if (!again) {
            continue;
          }
        }
        boolean gone = trouble == Trouble.GONE;
        record.fail(gone ? Record.GONE : Record.FAILED, gone ? "" : Failures.brief(e));
        return;
      }
    }
  }
}
