package io.jmxbridge;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads beans of a run, one after the other, into a direct buffer that the native side looks into at
 * any time: the buffer's head says which bean is under way since when, and how many bytes of whole
 * records stand behind it. Used by one thread at a time; after any other end than DONE or MORE the
 * lane is of no more use.
 */
final class Lane {
  /** How a turn ended; a larger number is the size that the buffer must have to go on. */
  static final int MORE = 0;

  static final int DONE = 1;
  static final int DEADLINE = 2;

  /** The head: native byte order. */
  static final int HEAD = 64;

  private static final int BYTES_AT = 0;
  private static final int BEAN_AT = 4;
  private static final int SINCE_AT = 8;
  private static final int STOP_AT = 16;
  private static final int ANSWERED_AT = 24;

  /** A turn ends after so many beans or bytes, so that what was read is looked at in time. */
  private static final int BEANS = 64;

  private static final int SOFT_BYTES = 48 * 1024;

  private final Record record;
  private boolean pending;

  /** A lane whose records hold `limit` bytes at most. */
  Lane(int limit) {
    record = new Record(limit);
  }

  /** Reads until there is enough to hand over, nothing left, or no time. */
  int read(Run run, ByteBuffer out, long number, long deadline) throws IOException {
    ByteBuffer buffer = out.order(ByteOrder.nativeOrder());
    int end = HEAD;
    try (Call call = Call.begin(run.session(), number, deadline)) {
      for (int beans = 0; ; beans++) {
        if (pending) {
          int size = record.bytes().size();
          if (size > buffer.capacity() - end) {
            buffer.putInt(BEAN_AT, -1);
            return HEAD + size;
          }
          buffer.position(end);
          buffer.put(record.bytes().bytes(), 0, size);
          end += size;
          pending = false;
          buffer.putLong(ANSWERED_AT, System.nanoTime());
          VarHandle.releaseFence();
          buffer.putInt(BYTES_AT, end - HEAD);
          buffer.putInt(BEAN_AT, -1);
        }
        if (beans == BEANS || end - HEAD >= SOFT_BYTES) {
          return MORE;
        }
        if (call.expired() || buffer.getInt(STOP_AT) != 0) {
          return DEADLINE;
        }
        int bean = run.take();
        if (bean >= run.size()) {
          record.bytes().trim();
          return DONE;
        }
        buffer.putLong(SINCE_AT, System.nanoTime());
        VarHandle.releaseFence();
        buffer.putInt(BEAN_AT, bean);
        try {
          record.start(bean);
          run.read(bean, record);
        } catch (Scratch.Full e) {
          record.start(bean);
          record.fail(Record.FAILED, "what it answers passes the limit of bytes");
        } catch (OutOfMemoryError e) {
          record.start(bean);
          record.fail(Record.FAILED, Record.TOO_LARGE);
        } catch (IOException | RuntimeException e) {
          if (Trouble.of(e) == Trouble.DEADLINE && call.expired()) {
            return DEADLINE;
          }
          throw e;
        }
        record.finish();
        pending = true;
      }
    }
  }
}
