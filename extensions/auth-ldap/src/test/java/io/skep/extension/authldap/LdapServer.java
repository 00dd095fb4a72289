// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real OpenLDAP of its own for the tests of a class: on free ports of loopback, with the directory
 * {@code dc=example,dc=com} in a folder that is deleted afterwards. It takes logins without a password, as a careless
 * server does.
 */
public final class LdapServer implements BeforeAllCallback, AfterAllCallback {

    /** Who may read all but passwords. */
    public static final String READER = "cn=skep,dc=example,dc=com";

    public static final String READER_PASSWORD = "hunter2 & co";

    private static final String ADMIN = "cn=admin,dc=example,dc=com";
    private static final Path SLAPD = Path.of("/usr/sbin/slapd");
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private @Nullable Path folder;
    private @Nullable Process server;
    private final Socket port = new Socket(); // bound and no more, as its port is nobody's before a start
    private final Socket tlsPort = new Socket();

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (!Files.isExecutable(SLAPD)) {
            throw new IllegalStateException(SLAPD + ": none (expected: the Debian package slapd is installed)");
        }
        folder = Files.createTempDirectory("skep-ldap-");
        Files.createDirectory(folder.resolve("data"));
        makeCertificates();
        for (Socket kept : List.of(port, tlsPort)) {
            kept.setReuseAddress(true);
            kept.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
        start();
        add("dn: dc=example,dc=com", "objectClass: domain", "dc: example");
        add(
                "dn: " + READER,
                "objectClass: organizationalRole",
                "objectClass: simpleSecurityObject",
                "cn: skep",
                "userPassword: " + READER_PASSWORD);
        add("dn: ou=people,dc=example,dc=com", "objectClass: organizationalUnit", "ou: people");
        add("dn: ou=groups,dc=example,dc=com", "objectClass: organizationalUnit", "ou: groups");
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        stop();
        port.close();
        tlsPort.close();
        try (Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** {@return the address without TLS, where StartTLS is possible} */
    public String url() {
        return "ldap://127.0.0.1:" + port.getLocalPort();
    }

    /** {@return the address with TLS} */
    public String tlsUrl() {
        return "ldaps://127.0.0.1:" + tlsPort.getLocalPort();
    }

    /** {@return who signed the certificate of the server, in PEM} */
    public Path authority() {
        return folder().resolve("ca.pem");
    }

    /** Adds a user; its name may have any characters. */
    public void addUser(String dn, String name, String password) throws Exception {
        add("dn: " + dn, "objectClass: inetOrgPerson", "uid: " + name, "cn: x", "sn: x", "userPassword: " + password);
    }

    /** Adds a group below {@code ou=groups}. */
    public void addGroup(String name, String... members) throws Exception {
        List<String> lines = new ArrayList<>(
                List.of("dn: cn=" + name + ",ou=groups,dc=example,dc=com", "objectClass: groupOfNames", "cn: " + name));
        for (String member : members) {
            lines.add("member: " + member);
        }
        add(lines.toArray(String[]::new));
    }

    /** Adds an entry in LDIF. */
    public void add(String... lines) throws Exception {
        try (LDAPConnection connection = connect()) {
            connection.add(lines);
        }
    }

    /** {@return how many connections it has, this one left out} */
    public int connections() throws LDAPException {
        try (LDAPConnection connection = connect()) {
            return connection
                            .getEntry("cn=Current,cn=Connections,cn=Monitor", "monitorCounter")
                            .getAttributeValueAsInteger("monitorCounter")
                    - 1;
        }
    }

    private LDAPConnection connect() throws LDAPException {
        return new LDAPConnection("127.0.0.1", port.getLocalPort(), ADMIN, "admin");
    }

    /** Starts it; returns when it takes connections. */
    public void start() throws Exception {
        start("server");
    }

    /**
     * Starts it with another certificate: {@code server} is for {@code localhost}, {@code stranger} for another host.
     */
    public void start(String certificate) throws Exception {
        Files.writeString(folder().resolve("slapd.conf"), """
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                moduleload back_monitor
                moduleload memberof
                allow bind_anon_cred bind_anon_dn
                TLSCACertificateFile FOLDER/ca.pem
                TLSCertificateFile FOLDER/CERTIFICATE.pem
                TLSCertificateKeyFile FOLDER/CERTIFICATE.key
                database monitor
                access to * by dn.exact="ADMIN" read
                database mdb
                suffix "dc=example,dc=com"
                rootdn "ADMIN"
                rootpw admin
                directory FOLDER/data
                dbnosync
                overlay memberof
                access to attrs=userPassword by anonymous auth by * none
                access to * by dn.exact="READER" read by self read by * none
                """.replace("FOLDER", folder().toString())
                .replace("CERTIFICATE", certificate)
                .replace("ADMIN", ADMIN)
                .replace("READER", READER));
        server = run(
                SLAPD.toString(),
                "-f",
                folder().resolve("slapd.conf").toString(),
                "-h",
                url() + " " + tlsUrl(),
                "-d",
                "0");
        long begin = System.nanoTime();
        while (!answers()) {
            if (!server.isAlive() || System.nanoTime() - begin > DEADLINE.toNanos()) {
                server.destroyForcibly();
                throw new IllegalStateException("slapd did not start:\n" + Files.readString(log()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private boolean answers() {
        try {
            connect().close();
            return true;
        } catch (LDAPException e) {
            return false;
        }
    }

    /** Ends it in order; clients are disconnected. */
    public void stop() throws Exception {
        Process running = server;
        if (running == null) {
            return;
        }
        server = null;
        running.destroy();
        if (!running.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            running.destroyForcibly();
            throw new IllegalStateException("slapd did not end:\n" + Files.readString(log()));
        }
    }

    private void makeCertificates() throws Exception {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem");
        for (String line : List.of("server IP:127.0.0.1,DNS:localhost", "stranger DNS:stranger.example")) {
            String name = line.replaceFirst(" .*", "");
            Files.writeString(folder().resolve("names"), "subjectAltName=" + line.replaceFirst(".* ", ""));
            openssl("req -newkey rsa:2048 -nodes -subj /CN=NAME -keyout NAME.key -out NAME.csr".replace("NAME", name));
            openssl(
                    "x509 -req -days 2 -in NAME.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out NAME.pem"
                            .replace("NAME", name));
        }
    }

    private void openssl(String arguments) throws Exception {
        Process openssl = run(("openssl " + arguments).split(" "));
        if (!openssl.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS) || openssl.exitValue() != 0) {
            throw new IllegalStateException("openssl " + arguments + ":\n" + Files.readString(log()));
        }
    }

    private Process run(String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path log() {
        return folder().resolve("log");
    }

    private Path folder() {
        return Objects.requireNonNull(folder, "not started");
    }
}
