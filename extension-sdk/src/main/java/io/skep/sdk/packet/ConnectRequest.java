// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.packet;

import io.skep.sdk.Client;
import io.skep.sdk.UserProperty;
import io.skep.sdk.publish.Publish;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT. The broker implements it; the {@code with} methods leave it as it is and return a changed copy. Any
 * thread, also after the call.
 */
public interface ConnectRequest {

    /** {@return who it says it is; the id is empty if the broker is to assign one} */
    Client client();

    /** {@return the password, any bytes; null if there is none} */
    byte @Nullable [] password();

    /** {@return Clean Start, which is Clean Session in 3.x} */
    boolean cleanStart();

    /** {@return the Keep Alive in seconds, 0 for none} */
    int keepAliveSeconds();

    /**
     * {@return for how many seconds the session outlives the connection, 0xFFFFFFFF for ever; -1 if CONNECT does not
     * say: that is 0 in 5.0, and in 3.x 0 with Clean Session, else what the configuration says}
     */
    long sessionExpirySeconds();

    /** {@return how many QoS 1 and 2 messages the client takes unacknowledged} */
    int receiveMaximum();

    /** {@return the largest packet in bytes that the client takes; 0xFFFFFFFF for any} */
    long packetBytesMax();

    /** {@return how many topic aliases the client takes} */
    int topicAliasMaximum();

    /** {@return the Authentication Method, null for none} */
    @Nullable String authenticationMethod();

    /** {@return the will, null if there is none; its expiry counts from its publication} */
    @Nullable Publish will();

    /** {@return the Will Delay Interval in seconds} */
    long willDelaySeconds();

    /** {@return the user properties in their order} */
    List<UserProperty> userProperties();

    /**
     * {@return a copy with another client id} An MQTT 5.0 client hears of it only if it left its own empty.
     *
     * @param id not empty
     * @throws IllegalArgumentException if it is empty
     */
    ConnectRequest withClientId(String id);

    /**
     * {@return a copy with other credentials}
     *
     * @param userName null for none
     * @param password null for none
     */
    ConnectRequest withCredentials(@Nullable String userName, byte @Nullable [] password);

    /**
     * {@return a copy with another Clean Start}
     *
     * @param cleanStart whether the session begins anew
     */
    ConnectRequest withCleanStart(boolean cleanStart);

    /**
     * {@return a copy with another Keep Alive} An MQTT 5.0 client is told; a 3.x client is not, and should get a longer
     * one at most.
     *
     * @param seconds 0 for none, at most 65535
     * @throws IllegalArgumentException if it is out of range
     */
    ConnectRequest withKeepAliveSeconds(int seconds);

    /**
     * {@return a copy with another Session Expiry Interval; an MQTT 5.0 client is told} It also holds for a 3.x client.
     * The bound of the configuration stays above it.
     *
     * @param expiry 0 and longer
     * @throws IllegalArgumentException if it is negative
     */
    ConnectRequest withSessionExpiry(Duration expiry);

    /**
     * {@return a copy with other limits of what the client takes} To raise what the client said would be an error
     * towards it.
     *
     * @param receiveMaximum 1 to 65535
     * @param packetBytesMax above 0
     * @param topicAliasMaximum 0 to 65535
     * @throws IllegalArgumentException if one is out of range
     */
    ConnectRequest withLimits(int receiveMaximum, long packetBytesMax, int topicAliasMaximum);

    /**
     * {@return a copy with another will}
     *
     * @param will null for none
     * @param delaySeconds the Will Delay Interval, 0 to 4294967295
     * @throws IllegalArgumentException if the delay is out of range
     */
    ConnectRequest withWill(@Nullable Publish will, long delaySeconds);

    /**
     * {@return a copy with other user properties, for authenticators to see}
     *
     * @param userProperties in their order
     */
    ConnectRequest withUserProperties(List<UserProperty> userProperties);
}
