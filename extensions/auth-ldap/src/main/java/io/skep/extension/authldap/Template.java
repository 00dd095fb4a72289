// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.authldap;

import com.unboundid.ldap.sdk.Filter;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.ldap.Rdn;

/**
 * A DN or a filter with placeholders: {@code %u} for the user name, {@code %c} for the client id, {@code %d} for the DN
 * of the user. Values are escaped, so that they stay values.
 */
record Template(String text) {

    private static final Pattern PLACEHOLDER = Pattern.compile("%[ucd]");

    /** {@return a DN; values are escaped as RFC 4514 says} */
    String dn(String userName, String clientId) {
        return fill(Map.of("%u", userName, "%c", clientId), Rdn::escapeValue);
    }

    /** {@return a filter; values are escaped as RFC 4515 says} */
    String filter(String userName, String clientId, String dn) {
        return fill(Map.of("%u", userName, "%c", clientId, "%d", dn), Filter::encodeValue);
    }

    /** In one pass: a value is not looked into. */
    private String fill(Map<String, String> values, UnaryOperator<String> escape) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> {
            String value = values.get(found.group());
            return Matcher.quoteReplacement(value == null ? found.group() : escape.apply(value));
        });
    }
}
