// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a {@link KeyValueStore} that are made all or none, in their order, if what is expected is found. Not
 * thread-safe; it may be used again after {@link KeyValueStore#commit}.
 */
public final class Changes {

    /** The most bytes of a key. */
    public static final int KEY_BYTES_MAX = 1_024;

    /** The most bytes of a value. */
    public static final int VALUE_BYTES_MAX = 1 << 20;

    /** The most expectations and changes together. */
    public static final int STEPS_MAX = 1_000;

    private final List<Step> expectations = new ArrayList<>();
    private final List<Step> writes = new ArrayList<>();

    /**
     * A value of a key, which is there, or is to be.
     *
     * @param key the key
     * @param value null for none
     */
    public record Step(String key, byte @Nullable [] value) {}

    /**
     * Lets nothing happen unless a key has a value. Looked at before any change.
     *
     * @param key of 1 to {@value #KEY_BYTES_MAX} bytes in UTF-8
     * @param value the expected one; null if there must be none
     * @return this
     * @throws IllegalArgumentException if one is too long, or there are {@value #STEPS_MAX} steps
     */
    public Changes expect(String key, byte @Nullable [] value) {
        expectations.add(step(key, value));
        return this;
    }

    /**
     * Sets a value.
     *
     * @param key of 1 to {@value #KEY_BYTES_MAX} bytes in UTF-8
     * @param value up to {@value #VALUE_BYTES_MAX} bytes; is copied
     * @return this
     * @throws IllegalArgumentException if one is too long, or there are {@value #STEPS_MAX} steps
     */
    public Changes put(String key, byte[] value) {
        writes.add(step(key, value));
        return this;
    }

    /**
     * Removes a value, if there is one.
     *
     * @param key of 1 to {@value #KEY_BYTES_MAX} bytes in UTF-8
     * @return this
     * @throws IllegalArgumentException if it is too long, or there are {@value #STEPS_MAX} steps
     */
    public Changes delete(String key) {
        writes.add(step(key, null));
        return this;
    }

    /** {@return what must be found} */
    public List<Step> expectations() {
        return List.copyOf(expectations);
    }

    /** {@return what is put, or deleted where there is no value} */
    public List<Step> writes() {
        return List.copyOf(writes);
    }

    private Step step(String key, byte @Nullable [] value) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > KEY_BYTES_MAX) {
            throw new IllegalArgumentException("key: " + bytes + " bytes (expected: 1 to " + KEY_BYTES_MAX + ")");
        }
        if (value != null && value.length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "value: " + value.length + " bytes (expected: at most " + VALUE_BYTES_MAX + ")");
        }
        if (expectations.size() + writes.size() >= STEPS_MAX) {
            throw new IllegalArgumentException("steps: too many (expected: at most " + STEPS_MAX + ")");
        }
        return new Step(key, value == null ? null : value.clone());
    }
}
