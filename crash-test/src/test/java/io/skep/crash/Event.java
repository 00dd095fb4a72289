// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

/**
 * What a client knows of: what it did, before it did it, and what it was told, before it answers. A topic has one
 * writer, which numbers its messages from 0, so topic and number name a message.
 */
sealed interface Event {

    /**
     * A PUBLISH is about to be sent for the first time.
     *
     * @param clears whether it has no payload, and so no number for those who receive it
     */
    record Sent(String topic, int number, int qos, boolean clears) implements Event {}

    /** PUBACK or PUBREC: from now on the message is the broker's to keep. */
    record Acknowledged(String topic, int number) implements Event {}

    /** PUBACK or PUBREC with an error: nothing is promised of this message, but that it does not come twice. */
    record Refused(String topic, int number) implements Event {}

    /** CONNACK, with or without Session Present, to a client whose session does not expire. */
    record Connected(String client, boolean sessionPresent) implements Event {}

    /** SUBACK: from now on the client is entitled to what is sent to topics of this filter. */
    record Subscribed(String client, String filter) implements Event {}

    /**
     * A PUBLISH that the client takes for new: at QoS 2, because its packet identifier is not one of those that await
     * PUBREL.
     *
     * @param retained whether it is the answer to a SUBSCRIBE rather than a message that goes by
     */
    record Received(String client, String topic, int number, int qos, boolean retained) implements Event {}

    /** CONNACK to a client that connects once, with a will: message 0 of the topic with its name. */
    record Armed(String topic) implements Event {}

    /** A client with a will is about to send DISCONNECT, or to ask for a connection: its will may be published. */
    record Undecided(String topic) implements Event {}

    /** A new subscriber is about to ask for the retained message of a topic. */
    record Asked(int question, String topic) implements Event {}

    /** What it got, or {@link #NONE}. */
    record Told(int question, String topic, int number) implements Event {

        static final int NONE = -1;
    }

    /** The nemesis was here: nothing is checked, but it helps to read a history. */
    record Struck(String how) implements Event {}
}
