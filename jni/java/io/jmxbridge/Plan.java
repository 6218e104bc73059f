package io.jmxbridge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ObjectName;

/** The beans that are read together, and what was learned about reading them. */
final class Plan {
  /** One bean: its name and the attributes to ask for, by position in the native side's list. */
  static final class Bean {
    final ObjectName name;
    final boolean watched;
    final String[] attributes;

    /** Asked for in one call; null: all attributes. */
    private int[] together;

    /** Asked for one by one, because a call for all of them fails. */
    private int[] alone = {};

    /** Not asked for before its time: what to say instead, by position; null: none. */
    private Map<Integer, Loss> lost;

    /** How long what was lost rested, in milliseconds, by position; null: nothing was. */
    private Map<Integer, Long> rests;

    /** Calls for all that failed although each attribute alone could be read. */
    private int innocent;

    /** The names of `together`. */
    private String[] asked;

    Bean(ObjectName name, boolean watched, String[] attributes) {
      this.name = name;
      this.watched = watched;
      this.attributes = attributes;
      this.asked = attributes;
    }

    String[] asked() {
      return asked;
    }

    /** The position of the i-th of asked(). */
    int position(int i) {
      return together == null ? i : together[i];
    }

    int[] alone() {
      return alone;
    }

    Map<Integer, Loss> lost() {
      return lost == null ? Map.of() : lost;
    }

    /** One that was lost and whose time has come is asked for alone from now on. */
    void askForALostOne(Rest rest) {
      long now = System.nanoTime();
      for (Map.Entry<Integer, Loss> entry : lost().entrySet()) {
        if (now - entry.getValue().askAgain >= 0 && rest.mayAsk(now)) {
          int position = entry.getKey();
          lost.remove(position);
          lost = lost.isEmpty() ? null : lost;
          alone = Arrays.copyOf(alone, alone.length + 1);
          alone[alone.length - 1] = position;
          return;
        }
      }
    }

    /** What was asked for alone is lost, for twice as long as the last time. */
    void lose(int position, Loss loss, Rest rest) {
      rests = rests == null ? new HashMap<>() : rests;
      long millis = rests.merge(position, rest.first, (before, first) -> rest.longer(before));
      loss.askAgain = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** A call for all failed, and no attribute is to blame; true when that is the rule here. */
    boolean isInnocentAgain() {
      return ++innocent > 1;
    }

    /** From now on reads these one by one, these not at all, and the others together. */
    void learn(List<Integer> alone, Map<Integer, Loss> lost) {
      if (this.lost != null) {
        lost.putAll(this.lost);
      }
      for (int position : this.alone) {
        if (!lost.containsKey(position) && !alone.contains(position)) {
          alone.add(position);
        }
      }
      List<Integer> rest = new ArrayList<>();
      for (int i = 0; i < attributes.length; i++) {
        if (!lost.containsKey(i) && !alone.contains(i)) {
          rest.add(i);
        }
      }
      this.lost = lost.isEmpty() ? null : lost;
      this.alone = alone.stream().mapToInt(Integer::intValue).toArray();
      this.together = rest.stream().mapToInt(Integer::intValue).toArray();
      this.asked = rest.stream().map(i -> attributes[i]).toArray(String[]::new);
    }
  }

  /** Why an attribute has no value: a status of Record, and a text. */
  static final class Loss {
    final int status;
    final String detail;

    /** A reading of System.nanoTime(). */
    long askAgain;

    Loss(int status, String detail) {
      this.status = status;
      this.detail = detail;
    }
  }

  /**
   * When what was lost may be asked for again. Each try may cost a connection or much memory, so
   * those that are due take turns.
   */
  static final class Rest {
    private static final int LONGEST = 32;
    private static final int TURNS = 64;

    final long first;
    private final AtomicLong lastTry = new AtomicLong(System.nanoTime());

    Rest(long firstMillis) {
      first = firstMillis;
    }

    long longer(long millis) {
      return Math.min(2 * millis, LONGEST * first);
    }

    boolean mayAsk(long now) {
      long last = lastTry.get();
      return now - last >= TimeUnit.MILLISECONDS.toNanos(first) / TURNS
          && lastTry.compareAndSet(last, now);
    }
  }

  private final Rest rest;
  private final Bean[] beans;

  /**
   * Reads the native side's list: how long a loss rests in milliseconds, the count, then for each
   * bean its name, whether its MBeanInfo is
   * watched, and the length in bytes and the count of its attributes' names. Beans of one kind share
   * one array of names.
   */
  Plan(ByteBuffer in) {
    Map<String, String[]> known = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    rest = new Rest(in.getInt());
    beans = new Bean[in.getInt()];
    for (int i = 0; i < beans.length; i++) {
      ObjectName name = Session.name(new String(bytes(in, in.getInt()), StandardCharsets.UTF_8));
      boolean watched = in.get() != 0;
      byte[] list = bytes(in, in.getInt());
      String key = new String(list, StandardCharsets.ISO_8859_1);
      String[] attributes = known.get(key);
      if (attributes == null) {
        attributes = attributes(ByteBuffer.wrap(list), names);
        known.put(key, attributes);
      }
      beans[i] = new Bean(name, watched, attributes);
    }
  }

  int size() {
    return beans.length;
  }

  Bean bean(int index) {
    return beans[index];
  }

  Rest rest() {
    return rest;
  }

  /** The names of the beans whose MBeanInfo may change. */
  Set<ObjectName> watched() {
    Set<ObjectName> watched = new HashSet<>();
    for (Bean bean : beans) {
      if (bean.watched && bean.name != null) {
        watched.add(bean.name);
      }
    }
    return watched;
  }

  private static String[] attributes(ByteBuffer in, Map<String, String> names) {
    String[] attributes = new String[in.getInt()];
    for (int i = 0; i < attributes.length; i++) {
      String name = new String(bytes(in, in.getInt()), StandardCharsets.UTF_8);
      String kept = names.putIfAbsent(name, name);
      attributes[i] = kept == null ? name : kept;
    }
    return attributes;
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
