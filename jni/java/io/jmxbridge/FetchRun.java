package io.jmxbridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.JMException;

/** Reads the attributes of a plan's beans. */
final class FetchRun extends Run {
  private final Plan plan;
  private final Server server;

  FetchRun(Session session, Plan plan) {
    super(session);
    this.plan = plan;
    this.server = session.server();
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
    Map<Integer, Plan.Loss> lost;
    try {
      if (bean.watched) {
        InfoReader.watch(session(), bean.name, record);
      }
      if (bean.asked().length > 0) {
        AttributeList values = together(bean);
        if (values == null) {
          oneByOne(bean, record);
          return;
        }
        write(bean, values, record);
      }
      bean.askForALostOne(plan.rest());
      lost = bean.alone().length == 0 ? Map.of() : new HashMap<>();
      for (int position : bean.alone()) {
        aloneOrLost(bean, position, record, lost);
      }
    } catch (Outcome outcome) {
      record.fail(outcome.status, outcome.getMessage());
      return;
    }
    for (Map.Entry<Integer, Plan.Loss> known : bean.lost().entrySet()) {
      record.loss(known.getKey(), known.getValue().status, known.getValue().detail);
    }
    if (!lost.isEmpty()) {
      bean.learn(new ArrayList<>(), lost);
    }
  }

  /** All values in one call; null where only single calls can help. */
  private AttributeList together(Plan.Bean bean) throws IOException, Outcome {
    for (boolean again = false; ; again = true) {
      try {
        AttributeList values = server.attributes(bean.name, bean.asked());
        if (values == null) {
          throw new Outcome(Record.FAILED, "the target answered with no list");
        }
        return values;
      } catch (JMException | IOException | RuntimeException | StackOverflowError e) {
        switch (Trouble.of(e)) {
          case GONE:
            throw new Outcome(Record.GONE, "");
          case DENIED:
            throw new Outcome(Record.FAILED, Failures.brief(e));
          case LOST:
          case DEADLINE:
            throw lost(e);
          case BROKEN_OFF:
            checkSession(e);
            if (again) {
              return null;
            }
            break;
          default:
            return null;
        }
      } catch (OutOfMemoryError e) {
        return null;
      }
    }
  }

  /** Writes what came; what was asked for and did not come threw. */
  private static void write(Plan.Bean bean, AttributeList values, Record record)
      throws IOException {
    String[] asked = bean.asked();
    List<?> list = values;
    int size = list.size();
    int at = 0;
    for (int i = 0; i < asked.length; i++) {
      Attribute found = null;
      if (at < size && named(list.get(at), asked[i])) {
        found = (Attribute) list.get(at);
        at++;
      } else {
        found = find(list, asked[i]);
      }
      if (found == null) {
        record.loss(bean.position(i), Record.THREW, "");
      } else {
        record.value(bean.position(i), found.getValue());
      }
    }
  }

  private static boolean named(Object attribute, String name) {
    return attribute instanceof Attribute && name.equals(((Attribute) attribute).getName());
  }

  private static Attribute find(List<?> list, String name) {
    for (Object attribute : list) {
      if (named(attribute, name)) {
        return (Attribute) attribute;
      }
    }
    return null;
  }

  /** Finds out which attributes make the call for all of them fail, and remembers it. */
  private void oneByOne(Plan.Bean bean, Record record) throws IOException, Outcome {
    Map<Integer, Plan.Loss> lost = new HashMap<>();
    List<Integer> threw = new ArrayList<>();
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < bean.attributes.length; i++) {
      Plan.Loss known = bean.lost().get(i);
      if (known != null) {
        record.loss(i, known.status, known.detail);
        continue;
      }
      Plan.Loss loss = aloneOrLost(bean, i, record, lost);
      if (loss == null) {
        read.add(i);
      } else if (loss.status == Record.THREW) {
        threw.add(i);
      }
    }
    if (!lost.isEmpty() || !threw.isEmpty()) {
      bean.learn(threw, lost);
    } else if (bean.isInnocentAgain()) {
      bean.learn(read, lost);
    }
  }

  /** Reads one attribute; one that costs too much to be asked for each time is lost for a while. */
  private Plan.Loss aloneOrLost(
      Plan.Bean bean, int position, Record record, Map<Integer, Plan.Loss> lost)
      throws IOException, Outcome {
    Plan.Loss loss = alone(bean, position, record);
    if (loss != null && loss.status != Record.THREW) {
      bean.lose(position, loss, plan.rest());
      lost.put(position, loss);
    }
    return loss;
  }

  /** Reads one attribute; null if it has a value. */
  private Plan.Loss alone(Plan.Bean bean, int position, Record record)
      throws IOException, Outcome {
    Plan.Loss loss;
    try {
      record.value(position, server.attribute(bean.name, bean.attributes[position]));
      return null;
    } catch (JMException | IOException | RuntimeException | StackOverflowError e) {
      switch (Trouble.of(e)) {
        case GONE:
          throw new Outcome(Record.GONE, "");
        case LOST:
        case DEADLINE:
          throw lost(e);
        case BROKEN_OFF:
          checkSession(e);
          loss = new Plan.Loss(Record.MALFORMED, "the target broke its answer off");
          break;
        case UNKNOWN_CLASS:
          loss = new Plan.Loss(Record.UNKNOWN_CLASS, Failures.brief(e));
          break;
        case UNREADABLE:
          loss = new Plan.Loss(Record.UNKNOWN_CLASS, Failures.brief(e));
          break;
        default:
          loss = new Plan.Loss(Record.THREW, Failures.brief(e));
          break;
      }
    } catch (OutOfMemoryError e) {
      // Each try costs seconds of collecting garbage.
      loss = new Plan.Loss(Record.LIMIT, Record.TOO_LARGE);
    }
    record.loss(position, loss.status, loss.detail);
    return loss;
  }

  /** A connection that broke says nothing about the session; a small call on another one does. */
  private void checkSession(Throwable broken) throws IOException {
    try {
      server.probe();
    } catch (IOException e) {
      throw lost(Trouble.of(e) == Trouble.LOST ? e : broken);
    }
  }

  private static IOException lost(Throwable thrown) {
    return thrown instanceof IOException ? (IOException) thrown : new IOException(thrown);
  }

  /** The bean as a whole cannot be read. */
  private static final class Outcome extends Exception {
    private static final long serialVersionUID = 1;
    final int status;

    Outcome(int status, String detail) {
      super(detail, null, false, false);
      this.status = status;
    }
  }
}
