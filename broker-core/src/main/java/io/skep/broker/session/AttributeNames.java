// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What extensions keep with a session on disk, by their ids and names. Touched on the session's loop only. */
final class AttributeNames {

    private @Nullable Set<String> names;

    /** {@return whether there is something, or was} */
    boolean areAny() {
        return names != null;
    }

    /** An extension keeps something; returns false if it has as many already. */
    boolean add(String extension, String name, int most) {
        Set<String> all = names == null ? new HashSet<>() : names;
        String prefix = extension + '\0';
        long others = all.stream()
                .filter(each -> each.startsWith(prefix) && !each.equals(prefix + name))
                .count();
        if (others >= most) {
            return false;
        }
        all.add(prefix + name);
        names = all;
        return true;
    }

    /** An extension keeps something no more; the set stays, for an older value may still be on disk. */
    void remove(String extension, String name) {
        if (names != null) {
            names.remove(extension + '\0' + name);
        }
    }
}
