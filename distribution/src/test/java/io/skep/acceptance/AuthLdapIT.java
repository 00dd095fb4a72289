// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skep.extension.authldap.LdapServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The extension auth-ldap as it is packed, with its template and a real directory. */
class AuthLdapIT {

    @RegisterExtension
    static final LdapServer directory = new LdapServer();

    /** {@code mosquitto_pub} exits with the return code of CONNACK. */
    private static final int BAD_USER_NAME_OR_PASSWORD = 4;

    @TempDir
    Path folder;

    @Test
    void whoCanBindMayConnectAndItsGroupsSayWhatItMayDo() throws Exception {
        directory.addUser("uid=ann,ou=people,dc=example,dc=com", "ann", "secret");
        directory.addGroup("devices", "uid=ann,ou=people,dc=example,dc=com");
        Installation skep = new Installation(folder).enable("auth-ldap");
        String template = Files.readString(skep.home().resolve("extensions-available/auth-ldap.yaml"))
                .replace("ldaps://ldap.example.com", directory.tlsUrl())
                .replaceFirst("#trust:", "trust: " + directory.authority())
                .replaceFirst("#bind-password: .*", "bind-password: \"" + LdapServer.READER_PASSWORD + "\"")
                .replace("#bind-dn:", "bind-dn:")
                .replace("#groups:", "groups:")
                .replace("#  attribute:", "  attribute:")
                .replace("#  - group:", "  - group:")
                .replace("#    roles: [device]", "    roles: [device]")
                .replace("#  device:", "  device:")
                .replace("#    permissions:", "    permissions:")
                .replace("#      - topic: devices", "      - topic: devices");
        skep.write("conf/extensions/auth-ldap.yaml", template);
        try (SkepProcess broker = skep.start()) {
            broker.await(Pattern.compile(".*extension auth-ldap .* runs"));
            assertThat(publish(broker, "ann", "secret")).isZero();
            assertThat(publish(broker, "ann", "Secret")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(publish(broker, "ann", "")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(publish(broker, "*", "secret")).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
            assertThat(subscribes(broker, "devices/bulb/+")).isTrue();
            assertThat(subscribes(broker, "users/ann/+")).isTrue();
            assertThat(subscribes(broker, "devices/+")).isFalse();

            directory.stop();
            assertThat(publish(broker, "ann", "secret")).isNotZero();
            directory.start();
            assertThat(publish(broker, "ann", "secret")).isZero();
        }
    }

    private static int publish(SkepProcess broker, String user, String password) throws Exception {
        try (Program publisher = MosquittoClients.publisher(
                broker.port(), "-u", user, "-P", password, "-q", "1", "-t", "users/ann/x", "-m", "x")) {
            return publisher.exitCode();
        }
    }

    private static boolean subscribes(SkepProcess broker, String filter) throws Exception {
        try (Program subscriber = MosquittoClients.subscriber(
                broker.port(), "-u", "ann", "-P", "secret", "-i", "bulb", "-q", "1", "-t", filter)) {
            return subscriber
                    .await(Pattern.compile("Subscribed \\(mid: 1\\): (\\d+)"))
                    .group(1)
                    .equals("1");
        }
    }
}
