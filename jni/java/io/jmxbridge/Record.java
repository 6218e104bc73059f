package io.jmxbridge;

import java.io.IOException;

/**
 * What was read of one bean, as bytes for the native side (all numbers big-endian): length of what
 * follows; bean; status; then for READ the MBeanInfo (length, 0 if there is none, and stream), then
 * for each attribute its position, status, length and bytes; for others a text.
 */
final class Record {
  static final int READ = 0;
  static final int GONE = 1;
  static final int FAILED = 2;

  static final int VALUE = 0;
  static final int THREW = 1;
  static final int UNKNOWN_CLASS = 2;
  static final int MALFORMED = 3;
  static final int LIMIT = 4;

  static final String TOO_LARGE =
      "it is too large for this JVM's memory; give it more, as with --java.options=-Xmx256m,"
          + " or leave it out with excludeObjectNameAttributes";

  /** Texts are cut after so many characters. */
  private static final int TEXT = 300;

  private static final int INFO_AT = 9;
  private static final int ROOM_FOR_TEXTS = 64 * 1024;

  private final Scratch out;

  Record(int limit) {
    out = new Scratch(Math.max(limit, ROOM_FOR_TEXTS));
  }

  Scratch bytes() {
    return out;
  }

  void start(int bean) throws IOException {
    out.cut(0);
    out.putInt(0);
    out.putInt(bean);
    out.putByte(READ);
    out.putInt(0);
  }

  /** Adds the MBeanInfo; comes before all attributes. Returns where its stream starts. */
  int info(Object info) throws IOException {
    int start = out.size();
    ValueWriter.writeObject(info, out);
    out.setInt(INFO_AT, out.size() - start);
    return start;
  }

  /** Takes the MBeanInfo back. */
  void dropInfo() {
    out.cut(INFO_AT + Integer.BYTES);
    out.setInt(INFO_AT, 0);
  }

  void value(int position, Object value) throws IOException {
    int start = attribute(position, VALUE);
    try {
      ValueWriter.write(value, out);
      out.setInt(start - Integer.BYTES, out.size() - start);
    } catch (Scratch.Full e) {
      relabel(start, LIMIT, e.getMessage());
    } catch (OutOfMemoryError e) {
      relabel(start, LIMIT, TOO_LARGE);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      relabel(start, MALFORMED, Failures.brief(e));
    }
  }

  void loss(int position, int status, String detail) throws IOException {
    int start = attribute(position, status);
    text(start, detail);
  }

  /** Makes this the record of a bean that could not be read. */
  void fail(int status, String detail) throws IOException {
    out.cut(INFO_AT);
    out.putInt(0);
    text(out.size(), detail);
    out.bytes()[INFO_AT - 1] = (byte) status;
  }

  /** Writes the length; the record is whole. */
  void finish() {
    out.setInt(0, out.size() - Integer.BYTES);
  }

  private int attribute(int position, int status) throws IOException {
    out.putInt(position);
    out.putByte(status);
    out.putInt(0);
    return out.size();
  }

  private void relabel(int start, int status, String why) throws IOException {
    out.cut(start);
    out.bytes()[start - Integer.BYTES - 1] = (byte) status;
    text(start, why);
  }

  private void text(int start, String detail) throws IOException {
    String cut = detail.length() > TEXT ? detail.substring(0, TEXT) : detail;
    out.cut(start - Integer.BYTES);
    out.putText(cut);
  }
}
