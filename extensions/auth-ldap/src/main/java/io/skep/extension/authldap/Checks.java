// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the configuration may say. What is left out is fine here. */
final class Checks {

    private Checks() {}

    static void dn(String key, @Nullable String value) {
        if (value != null && (value.isBlank() || !DN.isValidDN(value))) {
            throw wrong(key, "'" + value + "'", "a DN, such as ou=people,dc=example,dc=com");
        }
    }

    static void dnTemplate(String key, @Nullable String value) {
        if (value == null) {
            return;
        }
        dn(key, new Template(value).dn("u", "c"));
        if (!value.contains("%u")) {
            throw wrong(key, "'" + value + "'", "with %u for the name of the user");
        }
    }

    static void filterTemplate(String key, @Nullable String value, String... placeholders) {
        if (value == null) {
            return;
        }
        if (Stream.of(placeholders).noneMatch(value::contains)) {
            throw wrong(key, "'" + value + "'", "with " + String.join(" or ", placeholders));
        }
        try {
            Filter.create(new Template(value).filter("u", "c", "cn=d"));
        } catch (LDAPException e) {
            throw wrong(key, "'" + value + "'", "a filter, such as (uid=%u); " + e.getMessage());
        }
    }

    static IllegalArgumentException wrong(String key, String found, String expected) {
        return new IllegalArgumentException(key + ": " + found + " (expected: " + expected + ")");
    }
}
