// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscription, or several of one recipient that matched the same topic, merged into one. Immutable.
 *
 * <p>Merged, it has the highest QoS [MQTT-3.3.5-1] and all identifiers [MQTT-3.3.4-4], and gives RETAIN as published if
 * one of them does.
 */
public final class Subscription {

    private final Recipient recipient;
    private final byte[] filter;
    private final byte flags;
    private final boolean shared;
    private final int @Nullable [] identifiers;
    private final Subscription @Nullable [] parts;

    /**
     * Describes a subscription.
     *
     * @param filter as asked for, with {@code $share/group/} if it is shared
     * @param flags QoS in bits 0 and 1, No Local in bit 2, Retain As Published in bit 3, as in SUBSCRIBE (clause
     *     3.8.3.1)
     * @param identifier the Subscription Identifier, 0 for none
     */
    public Subscription(Recipient recipient, byte[] filter, int flags, int identifier) {
        this(recipient, filter, flags, identifier == 0 ? null : new int[] {identifier}, null);
    }

    private Subscription(
            Recipient recipient,
            byte[] filter,
            int flags,
            int @Nullable [] identifiers,
            Subscription @Nullable [] parts) {
        this.recipient = recipient;
        this.filter = filter;
        this.flags = (byte) (flags & 0x0F);
        this.identifiers = identifiers;
        this.parts = parts;
        shared = Filter.isShared(filter);
    }

    public Recipient recipient() {
        return recipient;
    }

    public byte[] filter() {
        return filter;
    }

    public boolean isShared() {
        return shared;
    }

    public int qos() {
        return flags & 3;
    }

    public boolean noLocal() {
        return (flags & 4) != 0;
    }

    public boolean retainAsPublished() {
        return (flags & 8) != 0;
    }

    /** {@return the options byte of SUBSCRIBE without Retain Handling} */
    public int flags() {
        return flags;
    }

    public int @Nullable [] identifiers() {
        return identifiers;
    }

    Subscription merge(Subscription other) {
        int merged = Math.max(qos(), other.qos()) | ((flags | other.flags) & 12);
        Subscription[] all = new Subscription[count() + other.count()];
        copyTo(all, 0);
        other.copyTo(all, count());
        return new Subscription(recipient, filter, merged, concatenate(identifiers, other.identifiers), all);
    }

    /**
     * {@return what is left of this subscription for messages that its own recipient publishes: without the parts that
     * have No Local set [MQTT-3.8.3-3], or null}
     */
    @Nullable Subscription withoutNoLocal() {
        if (parts == null) {
            return noLocal() ? null : this;
        }
        Subscription left = null;
        for (Subscription part : parts) {
            if (!part.noLocal()) {
                left = left == null ? part : left.merge(part);
            }
        }
        return left;
    }

    /** {@return the same, but for a retained message: its RETAIN is 1 whatever the options say [MQTT-3.3.1-8]} */
    public Subscription forRetained() {
        return new Subscription(recipient, filter, flags | 8, identifiers, null);
    }

    /** {@return the subscriptions that this one is merged from, or itself} */
    List<Subscription> parts() {
        return parts == null ? List.of(this) : List.of(parts);
    }

    private int count() {
        return parts == null ? 1 : parts.length;
    }

    private void copyTo(Subscription[] target, int start) {
        if (parts == null) {
            target[start] = this;
        } else {
            System.arraycopy(parts, 0, target, start, parts.length);
        }
    }

    private static int @Nullable [] concatenate(int @Nullable [] a, int @Nullable [] b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        int[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
