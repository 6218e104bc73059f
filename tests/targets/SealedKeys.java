import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyFactorySpi;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;

/** Makes this JVM's EC keys such as a hardware token has: usable through it, and not to be read. */
public final class SealedKeys extends KeyFactorySpi {
  private static final String NAME = "SealedKeys";

  private final KeyFactory real;

  public SealedKeys() throws NoSuchAlgorithmException, NoSuchProviderException {
    real = KeyFactory.getInstance("EC", "SunEC");
  }

  public static void install() {
    Security.insertProviderAt(new Sealing(), 1);
  }

  public static void remove() {
    Security.removeProvider(NAME);
  }

  @Override
  protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
    return real.generatePublic(spec);
  }

  @Override
  protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
    real.generatePrivate(spec);
    return new SealedKey();
  }

  @Override
  protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> type)
      throws InvalidKeySpecException {
    return real.getKeySpec(key, type);
  }

  @Override
  protected Key engineTranslateKey(Key key) throws InvalidKeyException {
    return real.translateKey(key);
  }

  private static final class SealedKey implements PrivateKey {
    private static final long serialVersionUID = 1;

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return null;
    }

    @Override
    public byte[] getEncoded() {
      return null;
    }
  }

  private static final class Sealing extends Provider {
    private static final long serialVersionUID = 1;

    Sealing() {
      super(NAME, "1", "EC keys that cannot be read");
      put("KeyFactory.EC", SealedKeys.class.getName());
    }
  }
}
