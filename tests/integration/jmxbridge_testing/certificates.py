"""Certificates and stores, made with the JDK's keytool in the folder of a test; targets and
configurations that use them."""

import shutil
import subprocess

from .java import agent_flags, jdk
from .processes import free_port

PASSWORD = "store-secret"
OWN_PASSWORD = f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"


def keytool(store, command, *arguments, kind="PKCS12", password=PASSWORD):
    subprocess.run(
        [jdk().keytool, "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", f"-{command}", *arguments,
         "-keystore", store, "-storetype", kind, "-storepass", password],
        check=True, capture_output=True, text=True, timeout=60)


class Authority:
    """Signs certificates; `trust` is a store that holds its own alone."""

    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.name = name
        self.certificate = folder / f"{name}.pem"
        self.trust = folder / f"{name}-trust.p12"
        self.own = folder / f"{name}.p12"
        keytool(self.own, "genkeypair", "-alias", "authority", "-keyalg", "EC", "-dname",
                f"CN={name}", "-ext", "bc:critical=ca:true", "-startdate", "-400d", "-validity",
                "800")
        keytool(self.own, "exportcert", "-alias", "authority", "-rfc", "-file", self.certificate)
        keytool(self.trust, "importcert", "-noprompt", "-alias", self.name, "-file",
                self.certificate)

    def store(self, name, *, hosts="ip:127.0.0.1,dns:localhost", start="-1d", days=30,
              signature="SHA256withECDSA"):
        """A store with a key and a certificate for these hosts, and nothing else."""
        store = self.folder / f"{name}.p12"
        shutil.copy(self.own, store)
        keytool(store, "genkeypair", "-alias", name, "-keyalg", "EC", "-dname", f"CN={name}",
                "-signer", "authority", "-sigalg", signature, "-ext", f"san={hosts}", "-startdate", start, "-validity",
                str(days))
        keytool(store, "delete", "-alias", "authority")
        return store


def converted(file, kind):
    """The same store in another format."""
    other = file.with_suffix(f".{kind.lower()}")
    keytool(other, "importkeystore", "-srckeystore", file, "-srcstorepass", PASSWORD, kind=kind)
    return other


def with_password(file, password, folder):
    """The same store with another password, which its keys have as well."""
    other = folder / f"{password}-{file.name}"
    keytool(other, "importkeystore", "-srckeystore", file, "-srcstorepass", PASSWORD,
            password=password)
    return other


def agent(port, key, *more, registry=True, client_authority=None):
    """Flags of a JVM whose agent speaks TLS with the store `key`, on one port, or on two if its
    registry is plain."""
    flags = [flag for flag in agent_flags(port, rmi_port=port if registry else free_port())
             if not flag.startswith("-Dcom.sun.management.jmxremote.ssl=")]
    name = "-Dcom.sun.management.jmxremote"
    flags += [f"{name}.ssl=true", f"{name}.registry.ssl={'true' if registry else 'false'}",
              f"-Djavax.net.ssl.keyStore={key}", f"-Djavax.net.ssl.keyStorePassword={PASSWORD}"]
    if client_authority:
        flags += [f"{name}.ssl.need.client.auth=true",
                  f"-Djavax.net.ssl.trustStore={client_authority.trust}", OWN_PASSWORD]
    return [*flags, *more]


def store(name, file, kind="PKCS12", password=PASSWORD, password_file=None):
    """A part of `ssl`: keyStore or trustStore."""
    secret = f"passwordFile: '{password_file}'" if password_file else f"password: '{password}'"
    return f"{name}: {{filename: '{file}', type: {kind}, {secret}}}"


def ssl(*parts):
    """`ssl` of a configuration, switched on, with these parts."""
    return "ssl: {enabled: true" + "".join(f", {part}" for part in parts) + "}\n"
