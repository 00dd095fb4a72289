// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import io.skep.extension.account.Grants;
import io.skep.extension.account.RemoteAuthenticator;
import io.skep.extension.account.Role;
import io.skep.extension.authldap.AuthLdapConfig.GroupRoles;
import io.skep.extension.authldap.AuthLdapConfig.Groups;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Login;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users of a directory. Who is not found is left to the next extension, who cannot bind is refused. Lookups and
 * logins have connections of their own, so none has to be given its identity back.
 */
final class LdapUsers implements RemoteAuthenticator.Source {

    private static final int GROUPS_MAX = 1_000;

    /** What a server says of a user who may not log in; all else is a failure of ours or its. */
    private static final Set<ResultCode> REFUSALS = Set.of(
            ResultCode.INVALID_CREDENTIALS,
            ResultCode.NO_SUCH_OBJECT,
            ResultCode.INVALID_DN_SYNTAX,
            ResultCode.INAPPROPRIATE_AUTHENTICATION,
            ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
            ResultCode.CONSTRAINT_VIOLATION,
            ResultCode.UNWILLING_TO_PERFORM);

    private final AuthLdapConfig config;
    private final Connections lookups;
    private final Connections logins;
    private final String[] attributes;
    private final List<Membership> memberships = new ArrayList<>();

    /** The rules for the members of a group, or for everybody if it is null. */
    private record Membership(@Nullable DN group, List<Role.Rule> rules) {}

    LdapUsers(AuthLdapConfig config, Connections lookups, Connections logins) throws LDAPException {
        this.config = config;
        this.lookups = lookups;
        this.logins = logins;
        List<String> wanted = new ArrayList<>();
        if (config.users().nameAttribute() != null) {
            wanted.add(config.users().nameAttribute());
        }
        if (config.groups() != null && config.groups().attribute() != null) {
            wanted.add(config.groups().attribute());
        }
        for (GroupRoles group : config.groupRoles()) {
            List<Role.Rule> rules = new ArrayList<>();
            for (String role : group.roles()) {
                rules.addAll(
                        Objects.requireNonNull(config.roles().get(role), role).permissions());
            }
            memberships.add(new Membership(group.group() == null ? null : new DN(group.group()), rules));
        }
        attributes = wanted.isEmpty() ? new String[] {SearchRequest.NO_ATTRIBUTES} : wanted.toArray(String[]::new);
    }

    /** Sees whether the directory can be asked for users. */
    void probe() throws LDAPException, InterruptedException {
        String base = config.users().base();
        lookups.use(connection -> Optional.ofNullable(
                base == null
                        ? connection.getRootDSE()
                        : find(connection, "", "").orElse(null)));
    }

    @Override
    public Decision ask(Login login, String userName, byte[] password) throws LDAPException, InterruptedException {
        String clientId = login.client().id();
        String template = config.users().dn();
        if (template == null) {
            Optional<SearchResultEntry> found = lookups.use(connection -> find(connection, userName, clientId));
            if (found.isEmpty()) {
                return Decision.next();
            }
            Entry entry = found.get();
            boolean right = logins.use(connection -> binds(connection, entry.getDN(), password));
            return right ? lookups.use(connection -> admit(connection, entry, userName, clientId)) : Decision.deny();
        }
        String dn = new Template(template).dn(userName, clientId);
        if (config.bindDn() == null) {
            return logins.use(connection -> binds(connection, dn, password)
                    ? admit(connection, entry(connection, dn), userName, clientId)
                    : Decision.deny());
        }
        boolean right = logins.use(connection -> binds(connection, dn, password));
        return right
                ? lookups.use(connection -> admit(connection, entry(connection, dn), userName, clientId))
                : Decision.deny();
    }

    private Optional<SearchResultEntry> find(LDAPConnection connection, String userName, String clientId)
            throws LDAPException {
        String filter = new Template(String.valueOf(config.users().filter())).filter(userName, clientId, "");
        List<SearchResultEntry> found = search(connection, config.users().base(), filter, 2, attributes);
        if (found.size() > 1) {
            throw new IllegalArgumentException("users.filter: several entries (expected: one for each user)");
        }
        return found.stream().findFirst();
    }

    private Entry entry(LDAPConnection connection, String dn) throws LDAPException {
        if (attributes[0].equals(SearchRequest.NO_ATTRIBUTES)) {
            return new Entry(dn); // there is nothing to read in it
        }
        Entry entry = connection.getEntry(dn, attributes);
        if (entry == null) {
            throw new LDAPException(ResultCode.NO_SUCH_OBJECT, "bind-dn: cannot read " + dn + " (expected: it can)");
        }
        return entry;
    }

    /** An empty password must not come here: a server says yes to it without looking. */
    private static boolean binds(LDAPConnection connection, String dn, byte[] password) throws LDAPException {
        if (dn.isEmpty() || password.length == 0) {
            return false;
        }
        try {
            connection.bind(new SimpleBindRequest(dn, password));
            return true;
        } catch (LDAPException e) {
            if (REFUSALS.contains(e.getResultCode())) {
                return false;
            }
            throw e;
        }
    }

    private Decision admit(LDAPConnection connection, Entry entry, String said, String clientId) throws LDAPException {
        String attribute = config.users().nameAttribute();
        String name = attribute == null ? said : entry.getAttributeValue(attribute);
        if (name == null) {
            throw new IllegalArgumentException(
                    "users.name-attribute: " + entry.getDN() + " has no " + attribute + " (expected: every user has)");
        }
        Set<DN> groups = groups(connection, entry, said, clientId);
        List<Role.Rule> rules = new ArrayList<>();
        for (Membership membership : memberships) {
            if (membership.group() == null || groups.contains(membership.group())) {
                rules.addAll(membership.rules());
            }
        }
        return new Grants(name, config.users().clientId(), rules).admit(clientId);
    }

    private Set<DN> groups(LDAPConnection connection, Entry entry, String userName, String clientId)
            throws LDAPException {
        Groups groups = config.groups();
        Set<DN> names = new HashSet<>();
        if (groups == null) {
            return names;
        }
        if (groups.attribute() != null) {
            String[] values = entry.getAttributeValues(groups.attribute());
            for (String value : values == null ? new String[0] : values) {
                names.add(new DN(value));
            }
            return names;
        }
        String filter = new Template(String.valueOf(groups.filter())).filter(userName, clientId, entry.getDN());
        for (SearchResultEntry group :
                search(connection, groups.base(), filter, GROUPS_MAX, SearchRequest.NO_ATTRIBUTES)) {
            names.add(group.getParsedDN());
        }
        return names;
    }

    private List<SearchResultEntry> search(
            LDAPConnection connection, @Nullable String base, String filter, int entriesMax, String... wanted)
            throws LDAPException {
        int seconds = Math.toIntExact(config.timeout().toSeconds()) + 1;
        SearchRequest request = new SearchRequest(
                base, SearchScope.SUB, DereferencePolicy.NEVER, entriesMax, seconds, false, filter, wanted);
        return connection.search(request).getSearchEntries();
    }
}
