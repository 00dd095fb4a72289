// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import io.skep.extension.account.Cache;
import io.skep.extension.account.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conf/extensions/auth-ldap.yaml} says:
 *
 * <pre>{@code
 * servers: ["ldaps://ldap.example.com"]
 * bind-dn: cn=skep,dc=example,dc=com
 * bind-password: ${LDAP_PASSWORD}
 * users:
 *   base: ou=people,dc=example,dc=com
 *   filter: (uid=%u)
 * groups:
 *   attribute: memberOf
 * group-roles:
 *   - group: cn=devices,ou=groups,dc=example,dc=com
 *     roles: [device]
 * roles:
 *   device:
 *     permissions:
 *       - topic: devices/%c/#
 * }</pre>
 *
 * @param servers asked in this order, the next if one cannot be reached
 * @param startTls whether connections to {@code ldap://} are made secure before anything is said; false if left out
 * @param trust PEM or PKCS12 file with the authorities that sign the certificates of the servers, relative to the
 *     folder of the configuration; those that the JDK trusts if left out
 * @param trustPassword of a PKCS12 file
 * @param bindDn who looks users and groups up; left out, it is done without a login, or as the user
 * @param bindPassword of that one
 * @param users how a user is found
 * @param groups how the groups of a user are found; left out, nobody is in one
 * @param groupRoles what groups are good for, in this order
 * @param roles by name
 * @param connectionsMax at most as many for lookups, and as many for logins; 4 if left out
 * @param timeout longest that each step of a login may take: to connect, and each answer
 * @param cache how logins are answered again without asking
 */
public record AuthLdapConfig(
        List<String> servers,
        @Nullable Boolean startTls,
        @Nullable String trust,
        @Nullable String trustPassword,
        @Nullable String bindDn,
        @Nullable String bindPassword,
        Users users,
        @Nullable Groups groups,
        List<GroupRoles> groupRoles,
        Map<String, Role> roles,
        @Nullable Integer connectionsMax,
        Duration timeout,
        Cache cache) {

    private static final int CONNECTIONS_DEFAULT = 4;
    private static final int CONNECTIONS_MAX = 100;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(10);

    /** Fills in what is left out, and checks the rest. */
    public AuthLdapConfig {
        servers = servers == null ? List.of() : List.copyOf(servers);
        groupRoles = groupRoles == null ? List.of() : List.copyOf(groupRoles);
        roles = roles == null ? Map.of() : Map.copyOf(roles);
        timeout = timeout == null ? Duration.ofSeconds(5) : timeout;
        cache = cache == null ? Cache.NONE : cache;
        if (servers.isEmpty()) {
            throw wrong("servers", "none", "such as ldaps://ldap.example.com");
        }
        for (String server : servers) {
            Server.parse(server, startTls != null && startTls);
        }
        if (users == null) {
            throw wrong("users", "none", "a base to look users up below, or the dn that they have");
        }
        Checks.dn("bind-dn", bindDn);
        if ((bindDn == null) != (bindPassword == null || bindPassword.isEmpty())) {
            throw wrong("bind-password", bindDn == null ? "one" : "none", "with bind-dn, and only then");
        }
        for (GroupRoles group : groupRoles) {
            for (String role : group.roles()) {
                if (!roles.containsKey(role)) {
                    throw wrong("group-roles", role, "one of " + roles.keySet());
                }
            }
            if (group.group() != null && groups == null) {
                throw wrong("groups", "none", "how the groups of a user are found, for group-roles names one");
            }
        }
        if (connectionsMax != null && (connectionsMax < 1 || connectionsMax > CONNECTIONS_MAX)) {
            throw wrong("connections-max", connectionsMax.toString(), "1 to " + CONNECTIONS_MAX);
        }
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw wrong("timeout", timeout.toMillis() + "ms", "100ms to 10s");
        }
    }

    private static IllegalArgumentException wrong(String key, String found, String expected) {
        return Checks.wrong(key, found, expected);
    }

    /**
     * How a user is found.
     *
     * @param dn of the user, with {@code %u} for its name: nothing is looked up
     * @param base below which users are looked up instead
     * @param filter that one user fits, with {@code %u} for its name; {@code (uid=%u)} if left out
     * @param nameAttribute what the directory calls the user, which {@code %u} stands for in roles; the name that the
     *     client said if left out
     * @param clientId which client ids users may have: {@code *} stands for any characters, {@code %u} for the name
     */
    public record Users(
            @Nullable String dn,
            @Nullable String base,
            @Nullable String filter,
            @Nullable String nameAttribute,
            @Nullable String clientId) {

        /** Checks that there is one way to find users. */
        public Users {
            if ((dn == null) == (base == null)) {
                throw wrong("base", base == null ? "none" : base, "either a base or a dn");
            }
            if (dn != null && filter != null) {
                throw wrong("filter", filter, "none, for there is a dn");
            }
            filter = dn == null && filter == null ? "(uid=%u)" : filter;
            Checks.dn("base", base);
            Checks.dnTemplate("dn", dn);
            Checks.filterTemplate("filter", filter, "%u");
        }
    }

    /**
     * How the groups of a user are found.
     *
     * @param attribute of the user's entry, with their names; {@code memberOf} if there is no base
     * @param base below which groups are looked up instead
     * @param filter that the groups of a user fit, with {@code %d} for its DN or {@code %u} for its name;
     *     {@code (member=%d)} if left out
     */
    public record Groups(
            @Nullable String attribute,
            @Nullable String base,
            @Nullable String filter) {

        /** Fills in what is left out, and checks the rest. */
        public Groups {
            if (base != null && attribute != null) {
                throw wrong("attribute", attribute, "none, for there is a base");
            }
            if (base == null && filter != null) {
                throw wrong("filter", filter, "with base only");
            }
            attribute = base == null && attribute == null ? "memberOf" : attribute;
            filter = base != null && filter == null ? "(member=%d)" : filter;
            Checks.dn("base", base);
            Checks.filterTemplate("filter", filter, "%d", "%u");
        }
    }

    /**
     * What a group is good for.
     *
     * @param group its DN; left out, it is about all users
     * @param roles of its members, in this order
     */
    public record GroupRoles(@Nullable String group, List<String> roles) {

        /** Checks the DN. */
        public GroupRoles {
            roles = roles == null ? List.of() : List.copyOf(roles);
            Checks.dn("group", group);
        }
    }

    int connections() {
        return connectionsMax == null ? CONNECTIONS_DEFAULT : connectionsMax;
    }

    boolean startsTls() {
        return startTls != null && startTls;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return servers + " as " + bindDn;
    }
}
