import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Says what java.util.regex makes of patterns and texts, for comparison with our own.
 *
 * <p>First line out: the Java version. Then for each line in, `PATTERN TEXT` as hexadecimal UTF-8
 * (`-` for empty), one line out: `E` the pattern is refused, `N` the whole text does not match, `M`
 * and each group (hexadecimal, `-` empty, `.` not part of the match), or `X` it took too long.
 */
public final class RegexOracle {
  private static final int MAX_READS = 3_000_000;

  /** A text that counts how often it is read, so that no pattern can run for minutes. */
  private static final class Bounded implements CharSequence {
    private final String text;
    private int reads;

    Bounded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MAX_READS) {
        throw new IllegalStateException("too many reads");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static String decode(String hex) {
    if (hex.equals("-")) {
      return "";
    }
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    if (text == null) {
      return ".";
    }
    if (text.isEmpty()) {
      return "-";
    }
    StringBuilder hex = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hex.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    return hex.toString();
  }

  private static String answer(Pattern pattern, String text) {
    try {
      Matcher matcher = pattern.matcher(new Bounded(text));
      if (!matcher.matches()) {
        return "N";
      }
      StringBuilder line = new StringBuilder("M");
      for (int i = 1; i <= matcher.groupCount(); i++) {
        String group = matcher.start(i) < 0 ? null : text.substring(matcher.start(i), matcher.end(i));
        line.append(' ').append(encode(group));
      }
      return line.toString();
    } catch (RuntimeException | StackOverflowError e) {
      return "X";
    }
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    out.println(Runtime.version().feature());
    String known = null;
    Pattern pattern = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] parts = line.split(" ");
      if (!parts[0].equals(known)) {
        known = parts[0];
        try {
          pattern = Pattern.compile(decode(known));
        } catch (PatternSyntaxException e) {
          pattern = null;
        }
      }
      out.println(pattern == null ? "E" : answer(pattern, decode(parts[1])));
    }
    out.flush();
  }
}
