package io.jmxbridge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

/** Keys and certificates in the form that OpenSSL reads (RFC 7468). */
final class Pem {
  private static final byte[] LINE_END = {'\n'};

  private Pem() {}

  /** One block. What stood in between on the way is cleared. */
  static byte[] text(String label, byte[] encoded) {
    byte[] start = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] end = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] middle = Base64.getMimeEncoder(64, LINE_END).encode(encoded);
    byte[] all = Arrays.copyOf(start, start.length + middle.length + end.length);
    System.arraycopy(middle, 0, all, start.length, middle.length);
    System.arraycopy(end, 0, all, start.length + middle.length, end.length);
    Arrays.fill(middle, (byte) 0);
    return all;
  }

  /** A block for each, in this order. */
  static byte[] text(X509Certificate[] certificates) throws CertificateEncodingException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (X509Certificate one : certificates) {
      all.writeBytes(text("CERTIFICATE", one.getEncoded()));
    }
    return all.toByteArray();
  }
}
