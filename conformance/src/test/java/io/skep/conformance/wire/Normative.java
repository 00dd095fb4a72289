// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the clauses that a test holds the broker to: an assertion of it fails when one of them is broken.
 * {@link CatalogueTest} knows all ids.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Normative.All.class)
public @interface Normative {

    /** Which catalogue: {@code 3.1.1}, {@code 5.0}, or {@code extra} for the rules that have no number there. */
    String version();

    /** Ids, without brackets. */
    String[] value();

    /** Holds several of them. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface All {

        /** The annotations of one test. */
        Normative[] value();
    }
}
