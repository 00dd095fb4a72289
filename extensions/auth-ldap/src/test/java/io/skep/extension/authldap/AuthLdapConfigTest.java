// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skep.extension.account.Cache;
import io.skep.extension.authldap.AuthLdapConfig.GroupRoles;
import io.skep.extension.authldap.AuthLdapConfig.Groups;
import io.skep.extension.authldap.AuthLdapConfig.Users;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthLdapConfigTest {

    private static final Users USERS = new Users(null, "ou=people", null, null, null);

    @Test
    void aServerAndABaseAreEnough() {
        AuthLdapConfig config = config("ldaps://ldap.example.com", null, null);

        assertThat(config.users().filter()).isEqualTo("(uid=%u)");
        assertThat(config.connections()).isEqualTo(4);
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.cache()).isEqualTo(Cache.NONE);
        assertThat(new Groups(null, null, null).attribute()).isEqualTo("memberOf");
        assertThat(new Groups(null, "ou=groups", null).filter()).isEqualTo("(member=%d)");
    }

    @ParameterizedTest
    @CsvSource({
        "ldap://h, false, h, 389, NONE",
        "ldap://h:1389, true, h, 1389, START_TLS",
        "ldaps://h.example.com, false, h.example.com, 636, TLS",
    })
    void aServerHasAUrl(String url, boolean startTls, String host, int port, Server.Security security) {
        assertThat(Server.parse(url, startTls)).isEqualTo(new Server(host, port, security));
    }

    @ParameterizedTest
    @CsvSource({
        "h, false, 'servers: ''h'' (expected: such as ldaps://'",
        "http://h, false, 'servers: ''http://h'' (expected: '",
        "ldap:///dc=x, false, 'servers: ''ldap:///dc=x'' (expected: '",
        "ldap://h/dc=x, false, 'servers: ''ldap://h/dc=x'' (expected: '",
        "ldaps://h, true, 'start-tls: true (expected: false, for ldaps://h is secure'",
    })
    void aServerThatIsNoneIsNamed(String url, boolean startTls, String message) {
        assertThatThrownBy(() -> config(url, startTls, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        ", , , base: none (expected: either a base or a dn)",
        "uid=%u, ou=x, , base: ou=x (expected: either a base or a dn)",
        "uid=%u, , (uid=%u), 'filter: (uid=%u) (expected: none, for there is a dn)'",
        "uid=ann, , , dn: 'uid=ann' (expected: with %u for the name of the user)",
        "%u, , , dn: 'u' (expected: a DN",
        ", people, , base: 'people' (expected: a DN",
        ", ou=x, (uid=*), filter: '(uid=*)' (expected: with %u)",
        ", ou=x, (uid=%u, 'filter: ''(uid=%u'' (expected: a filter, such as (uid=%u); '",
    })
    void aWayToFindUsersThatIsNoneIsNamed(
            @Nullable String dn, @Nullable String base, @Nullable String filter, String message) {
        assertThatThrownBy(() -> new Users(dn, base, filter, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message.replace("''", "'"));
    }

    @ParameterizedTest
    @CsvSource({
        "memberOf, ou=x, , 'attribute: memberOf (expected: none, for there is a base)'",
        ", , (member=%d), filter: (member=%d) (expected: with base only)",
        ", ou=x, (member=me), filter: '(member=me)' (expected: with %d or %u)",
    })
    void aWayToFindGroupsThatIsNoneIsNamed(
            @Nullable String attribute, @Nullable String base, @Nullable String filter, String message) {
        assertThatThrownBy(() -> new Groups(attribute, base, filter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aGroupIsADnAndARoleIsThere() {
        assertThatThrownBy(() -> new GroupRoles("devices", List.of()))
                .hasMessageStartingWith("group: 'devices' (expected: a DN");
        assertThatThrownBy(() -> config("ldap://h", null, new GroupRoles(null, List.of("boss"))))
                .hasMessage("group-roles: boss (expected: one of [])");
        assertThatThrownBy(() -> config("ldap://h", null, new GroupRoles("cn=x", List.of())))
                .hasMessageStartingWith("groups: none (expected: how the groups of a user are found");
    }

    @Test
    void aFileWithoutCertificatesIsNamed(@TempDir Path folder) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        for (Path file : List.of(empty, folder.resolve("missing"))) {
            assertThatThrownBy(() -> Trust.sockets(file, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("trust: '" + file + "' (expected: a PEM or PKCS12 file");
        }
    }

    @SuppressWarnings("NullAway") // what a file leaves out is null
    private static AuthLdapConfig config(String server, @Nullable Boolean startTls, @Nullable GroupRoles group) {
        return new AuthLdapConfig(
                List.of(server),
                startTls,
                null,
                null,
                null,
                null,
                USERS,
                null,
                group == null ? null : List.of(group),
                Map.of(),
                null,
                null,
                null);
    }
}
