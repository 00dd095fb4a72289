// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.config;

import io.skep.broker.config.ConfigProblem.Origin;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of configuration before it has a type: what somebody wrote, and where. */
sealed interface Node {

    Origin origin();

    /** {@return what an error message calls it} */
    String found();

    /** One value, quoted or not: its type is that of the record component it is meant for. */
    record Scalar(String text, Origin origin) implements Node {
        @Override
        public String found() {
            return text.isEmpty() ? "''" : text;
        }
    }

    /** Values in order; overrides may add some. */
    record Sequence(List<Node> items, Origin origin) implements Node {
        @Override
        public String found() {
            return "a list";
        }
    }

    /** Values by key; overrides may add and replace some. */
    record Mapping(Map<String, Entry> entries, Origin origin) implements Node {
        @Override
        public String found() {
            return "a group of keys";
        }

        @Nullable Node get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        /** {@return the text under a key, or null if there is none} */
        @Nullable String text(String key) {
            return get(key) instanceof Scalar scalar ? scalar.text() : null;
        }

        void put(String key, Node value) {
            entries.put(key, new Entry(value.origin(), value));
        }
    }

    /** A key without a value. */
    record Nothing(Origin origin) implements Node {
        @Override
        public String found() {
            return "nothing";
        }
    }

    /** What has been reported already. */
    record Faulty(Origin origin) implements Node {
        @Override
        public String found() {
            return "a mistake";
        }
    }

    /** A value, and where its key is written. */
    record Entry(Origin key, Node value) {}
}
