import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.rmi.registry.LocateRegistry;
import java.util.Base64;

/** Prints the stub of the JMX server that a plain registry on loopback names, as a service URL has it. */
public final class PrintStub {
  private PrintStub() {}

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(LocateRegistry.getRegistry("127.0.0.1", port).lookup("jmxrmi"));
    }
    System.out.println(Base64.getEncoder().encodeToString(bytes.toByteArray()));
  }
}
