package io.jmxbridge;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One reading of many beans. Lanes take the beans one by one, so that a bean that blocks holds up
 * nothing but its lane, and all lanes end together.
 */
abstract class Run {
  private final Session session;
  private final AtomicInteger next = new AtomicInteger();

  Run(Session session) {
    this.session = session;
  }

  Session session() {
    return session;
  }

  /** The next bean that no lane has taken; size() or more when there is none. */
  int take() {
    return next.getAndIncrement();
  }

  abstract int size();

  /** Reads one bean into the record; throws only what ends the lane. */
  abstract void read(int bean, Record record) throws IOException;
}
