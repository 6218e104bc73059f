package io.jmxbridge;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes with a bound, kept from one record to the next; big-endian. */
final class Scratch extends OutputStream {
  /** The bound was passed. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1;

    Full() {
      super("more bytes than the limit allows");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** What is kept between reads; a larger array is let go. */
  private static final int KEPT = 64 * 1024;

  private final int limit;
  private byte[] bytes = new byte[1024];
  private int size;

  Scratch(int limit) {
    this.limit = limit;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Forgets what was written from `to` on. */
  void cut(int to) {
    size = to;
  }

  /** Forgets everything, and lets go of an array that has grown large. */
  void trim() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[1024];
    }
  }

  /** Makes room for `more` bytes and returns the array they go into, from size() on. */
  byte[] room(int more) throws Full {
    if (more > limit - size) {
      throw new Full();
    }
    if (more > bytes.length - size) {
      int grown = (int) Math.min(limit, Math.max((long) bytes.length * 2, (long) size + more));
      bytes = Arrays.copyOf(bytes, grown);
    }
    return bytes;
  }

  /** Counts bytes that were written into room(). */
  void advance(int written) {
    size += written;
  }

  @Override
  public void write(int value) throws Full {
    room(1)[size++] = (byte) value;
  }

  @Override
  public void write(byte[] from, int offset, int length) throws Full {
    System.arraycopy(from, offset, room(length), size, length);
    size += length;
  }

  void putByte(int value) throws Full {
    room(1)[size++] = (byte) value;
  }

  void putInt(int value) throws Full {
    setInt(room(4), size, value);
    size += 4;
  }

  void putLong(long value) throws Full {
    byte[] to = room(8);
    setInt(to, size, (int) (value >>> 32));
    setInt(to, size + 4, (int) value);
    size += 8;
  }

  /** Writes over four bytes that stand at `at`. */
  void setInt(int at, int value) {
    setInt(bytes, at, value);
  }

  /** A length and the text as UTF-8. */
  void putText(String text) throws Full {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    putInt(encoded.length);
    write(encoded, 0, encoded.length);
  }

  private static void setInt(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 24);
    to[at + 1] = (byte) (value >>> 16);
    to[at + 2] = (byte) (value >>> 8);
    to[at + 3] = (byte) value;
  }
}
