// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * Users of an LDAP directory: who can bind there may connect, and its groups say what it may do.
 *
 * <p>Starting points: {@link io.skep.extension.authldap.AuthLdap}, {@link io.skep.extension.authldap.LdapUsers}. The
 * directory is asked on threads of the extension.
 */
@NullMarked
package io.skep.extension.authldap;

import org.jspecify.annotations.NullMarked;
