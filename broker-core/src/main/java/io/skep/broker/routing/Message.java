// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.routing;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A message that is kept: queued, retained, handed to another loop. What it says does not change, and has its true
 * size.
 *
 * <p>It also counts the queues that have to store it, on any loop, so that several of them store it once.
 */
public final class Message {

    private static final AtomicIntegerFieldUpdater<Message> HOLDERS =
            AtomicIntegerFieldUpdater.newUpdater(Message.class, "holders");

    private final byte[] topic;
    private final byte[] payload;
    private final byte @Nullable [] properties;
    private final int qos;
    private final boolean retain;
    private final long expiresAtMillis;
    private volatile int holders;
    private volatile long number;
    private int references; // the journal's

    /**
     * Keeps a message.
     *
     * @param topic name in UTF-8
     * @param payload any bytes
     * @param properties those that subscribers get, encoded without their length, null if there are none
     * @param qos of the publisher
     * @param retain as published
     * @param expiresAtMillis wall clock time at which it is worthless, 0 for never
     */
    public Message(
            byte[] topic, byte[] payload, byte @Nullable [] properties, int qos, boolean retain, long expiresAtMillis) {
        this.topic = topic;
        this.payload = payload;
        this.properties = properties;
        this.qos = qos;
        this.retain = retain;
        this.expiresAtMillis = expiresAtMillis;
    }

    public byte[] topic() {
        return topic;
    }

    public byte[] payload() {
        return payload;
    }

    public byte @Nullable [] properties() {
        return properties;
    }

    public int qos() {
        return qos;
    }

    public boolean retain() {
        return retain;
    }

    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** {@return bytes that it takes in a queue, about} */
    public int bytes() {
        return topic.length + payload.length + (properties == null ? 0 : properties.length);
    }

    /** {@return the same with another expiry} */
    public Message expiringAt(long millis) {
        return new Message(topic, payload, properties, qos, retain, millis);
    }

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
    }

    /** {@return whether it has expired by now; few messages ask the clock} */
    public boolean hasExpired() {
        return expiresAtMillis != 0 && isExpired(System.currentTimeMillis());
    }

    /** Says that one more queue has to store it. */
    public void hold() {
        HOLDERS.incrementAndGet(this);
    }

    /** Says that one queue needs it no more. */
    public void release() {
        HOLDERS.decrementAndGet(this);
    }

    /** {@return how many queues need it} */
    public int holders() {
        return holders;
    }

    /** {@return under which number several queues share it on disk, 0 for none} */
    public long number() {
        return number;
    }

    /** Says so; nothing on disk refers to it yet. On the journal's thread. */
    public void number(long shared) {
        number = shared;
        references = 0;
    }

    /** Counts a record that refers to it. On the journal's thread. */
    public void refer() {
        references++;
    }

    /** {@return whether none refers to it any more, now that one goes. On the journal's thread} */
    public boolean unrefer() {
        return --references == 0;
    }

    /**
     * {@return the seconds that a message has left, 0 if it has expired} A second that has begun counts whole, so that
     * a message that did not wait keeps its interval [MQTT-3.3.2-6].
     */
    public static long secondsLeft(long expiresAtMillis) {
        return Math.max(0, (expiresAtMillis - System.currentTimeMillis() + 999) / 1000);
    }
}
