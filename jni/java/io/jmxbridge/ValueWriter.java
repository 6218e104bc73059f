package io.jmxbridge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Arrays;

/**
 * Writes a value as a serialization stream of its own. An ObjectOutputStream costs about 3
 * microseconds before its first byte; the types that most attributes have differ only in their last
 * bytes, so what comes before is made once and copied.
 */
final class ValueWriter {
  private static final byte[] NULL = prefix(null, 0);
  private static final byte[] INTEGER = prefix(0, Integer.BYTES);
  private static final byte[] LONG = prefix(0L, Long.BYTES);
  private static final byte[] DOUBLE = prefix(0.0, Double.BYTES);
  private static final byte[] FLOAT = prefix(0.0f, Float.BYTES);
  private static final byte[] BOOLEAN = prefix(false, 1);
  private static final byte[] SHORT = prefix((short) 0, Short.BYTES);
  private static final byte[] BYTE = prefix((byte) 0, Byte.BYTES);
  private static final byte[] STRING = prefix("", Short.BYTES);

  private ValueWriter() {}

  /** Appends the stream of `value`; on an exception `out` may hold a part of it. */
  static void write(Object value, Scratch out) throws IOException {
    if (value == null) {
      out.write(NULL, 0, NULL.length);
      return;
    }
    Class<?> type = value.getClass();
    if (type == Long.class) {
      out.write(LONG, 0, LONG.length);
      out.putLong((Long) value);
    } else if (type == Integer.class) {
      out.write(INTEGER, 0, INTEGER.length);
      out.putInt((Integer) value);
    } else if (type == Double.class) {
      out.write(DOUBLE, 0, DOUBLE.length);
      out.putLong(Double.doubleToRawLongBits((Double) value));
    } else if (type == String.class && writeAscii((String) value, out)) {
      return;
    } else if (type == Boolean.class) {
      out.write(BOOLEAN, 0, BOOLEAN.length);
      out.putByte((Boolean) value ? 1 : 0);
    } else if (type == Float.class) {
      out.write(FLOAT, 0, FLOAT.length);
      out.putInt(Float.floatToRawIntBits((Float) value));
    } else if (type == Short.class) {
      out.write(SHORT, 0, SHORT.length);
      out.putByte((Short) value >> 8);
      out.putByte((Short) value);
    } else if (type == Byte.class) {
      out.write(BYTE, 0, BYTE.length);
      out.putByte((Byte) value);
    } else {
      writeObject(value, out);
    }
  }

  /** Appends the stream of any object. */
  static void writeObject(Object value, Scratch out) throws IOException {
    ObjectOutputStream stream = new ObjectOutputStream(out);
    stream.writeObject(value);
    stream.flush();
  }

  /** The text if it is short and each character is one byte in modified UTF-8, else nothing. */
  @SuppressWarnings("deprecation") // the low bytes are the text: all characters are ASCII
  private static boolean writeAscii(String text, Scratch out) throws IOException {
    int length = text.length();
    if (length > 0xffff) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0 || c > 0x7f) {
        return false;
      }
    }
    out.write(STRING, 0, STRING.length);
    out.putByte(length >> 8);
    out.putByte(length);
    text.getBytes(0, length, out.room(length), out.size());
    out.advance(length);
    return true;
  }

  /** The stream of a sample value without its last bytes. */
  private static byte[] prefix(Object sample, int last) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream stream = new ObjectOutputStream(bytes)) {
        stream.writeObject(sample);
      }
      return Arrays.copyOf(bytes.toByteArray(), bytes.size() - last);
    } catch (IOException e) {
      throw new AssertionError("memory cannot fail", e);
    }
  }
}
