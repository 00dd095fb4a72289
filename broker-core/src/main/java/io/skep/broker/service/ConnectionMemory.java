// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.sdk.Client;
import io.skep.sdk.ConnectionFacts;
import io.skep.sdk.service.ConnectionAttributes;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one extension remembers of connections. A connection is known by its {@link ConnectionFacts}, the one object
 * that every {@link Client} of it has; when that is garbage, so are its attributes. So an end needs no notice, and who
 * does not use this pays nothing.
 */
final class ConnectionMemory implements ConnectionAttributes {

    private final Map<Object, Map<String, byte[]>> connections = new ConcurrentHashMap<>();
    private final ReferenceQueue<ConnectionFacts> gone = new ReferenceQueue<>();

    @Override
    public void put(Client client, String name, byte[] value) {
        forgetGone();
        if (value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "value: " + value.length + " bytes (expected: at most " + VALUE_BYTES_MAX + ")");
        }
        Map<String, byte[]> attributes = connections.computeIfAbsent(
                new Remembered(client.connection(), gone), key -> new ConcurrentHashMap<>(4));
        if (attributes.size() >= ATTRIBUTES_MAX && !attributes.containsKey(name)) {
            throw new IllegalArgumentException(
                    "attributes: more than " + ATTRIBUTES_MAX + " of a connection (expected: fewer)");
        }
        attributes.put(name, value.clone());
    }

    @Override
    public byte @Nullable [] get(Client client, String name) {
        Map<String, byte[]> attributes = connections.get(new Shown(client.connection()));
        return attributes == null ? null : attributes.get(name);
    }

    @Override
    public void remove(Client client, String name) {
        forgetGone();
        Map<String, byte[]> attributes = connections.get(new Shown(client.connection()));
        if (attributes != null) {
            attributes.remove(name);
        }
    }

    /** {@return of how many connections there is something} */
    int size() {
        forgetGone();
        return connections.size();
    }

    private void forgetGone() {
        for (Reference<? extends ConnectionFacts> last = gone.poll(); last != null; last = gone.poll()) {
            connections.remove(last);
        }
    }

    /** A key that keeps nothing from becoming garbage; equal to itself and to its connection's {@link Shown}. */
    private static final class Remembered extends WeakReference<ConnectionFacts> {

        private final int hash;

        Remembered(ConnectionFacts connection, ReferenceQueue<ConnectionFacts> gone) {
            super(connection, gone);
            hash = System.identityHashCode(connection);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || (other instanceof Remembered key && refersTo(key.get()) && !refersTo(null));
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Finds the key of a connection. */
    private record Shown(ConnectionFacts connection) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Remembered key ? key.refersTo(connection) : other == this;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(connection);
        }
    }
}
