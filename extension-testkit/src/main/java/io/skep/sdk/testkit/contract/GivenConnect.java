// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.testkit.contract;

import io.skep.sdk.Client;
import io.skep.sdk.UserProperty;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.publish.Publish;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A CONNECT that refuses the same as the broker's does. */
record GivenConnect(
        Client client,
        byte @Nullable [] password,
        Terms terms,
        @Nullable String authenticationMethod,
        @Nullable Publish will,
        long willDelaySeconds,
        List<UserProperty> userProperties)
        implements ConnectRequest {

    private static final int SHORT_MAX = 65_535;
    private static final long INT_MAX = 0xFFFF_FFFFL;

    /** What client and broker agree upon. */
    record Terms(
            boolean cleanStart,
            int keepAliveSeconds,
            long sessionExpirySeconds,
            int receiveMaximum,
            long packetBytesMax,
            int topicAliasMaximum) {

        Terms {
            expect(keepAliveSeconds >= 0 && keepAliveSeconds <= SHORT_MAX, "keep alive: 0 to 65535");
            expect(sessionExpirySeconds >= -1 && sessionExpirySeconds <= INT_MAX, "session expiry: 0 or longer");
            expect(receiveMaximum > 0 && receiveMaximum <= SHORT_MAX, "Receive Maximum: 1 to 65535");
            expect(packetBytesMax > 0 && packetBytesMax <= INT_MAX, "Maximum Packet Size: 1 to 4294967295");
            expect(topicAliasMaximum >= 0 && topicAliasMaximum <= SHORT_MAX, "Topic Alias Maximum: 0 to 65535");
        }
    }

    GivenConnect {
        expect(willDelaySeconds >= 0 && willDelaySeconds <= INT_MAX, "will delay: 0 to 4294967295");
    }

    private static void expect(boolean valid, String what) {
        if (!valid) {
            throw new IllegalArgumentException(what.replaceFirst(": (.*)", ": out of range (expected: $1)"));
        }
    }

    static GivenConnect of(Client client) {
        return new GivenConnect(
                client, null, new Terms(true, 60, -1, SHORT_MAX, INT_MAX, 10), null, null, 0, List.of());
    }

    /** {@return what can be compared} */
    List<@Nullable Object> values() {
        return Arrays.asList(
                client,
                password == null ? null : ByteBuffer.wrap(password),
                terms,
                authenticationMethod,
                will == null ? null : Parts.of(will),
                willDelaySeconds,
                userProperties);
    }

    @Override
    public boolean cleanStart() {
        return terms.cleanStart;
    }

    @Override
    public int keepAliveSeconds() {
        return terms.keepAliveSeconds;
    }

    @Override
    public long sessionExpirySeconds() {
        return terms.sessionExpirySeconds;
    }

    @Override
    public int receiveMaximum() {
        return terms.receiveMaximum;
    }

    @Override
    public long packetBytesMax() {
        return terms.packetBytesMax;
    }

    @Override
    public int topicAliasMaximum() {
        return terms.topicAliasMaximum;
    }

    private GivenConnect with(Client other, byte @Nullable [] otherPassword) {
        return new GivenConnect(
                other, otherPassword, terms, authenticationMethod, will, willDelaySeconds, userProperties);
    }

    @Override
    public GivenConnect withClientId(String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("client id: '' (expected: at least one character)");
        }
        return with(
                new Client(
                        id,
                        client.userName(),
                        client.address(),
                        client.version(),
                        client.listener(),
                        client.certificates()),
                password);
    }

    @Override
    public GivenConnect withCredentials(@Nullable String userName, byte @Nullable [] password) {
        return with(
                new Client(
                        client.id(),
                        userName,
                        client.address(),
                        client.version(),
                        client.listener(),
                        client.certificates()),
                password);
    }

    GivenConnect with(Terms others) {
        return new GivenConnect(client, password, others, authenticationMethod, will, willDelaySeconds, userProperties);
    }

    GivenConnect withMethod(String method) {
        return new GivenConnect(client, password, terms, method, will, willDelaySeconds, userProperties);
    }

    private GivenConnect with(boolean cleanStart, int keepAliveSeconds, long expirySeconds) {
        return with(new Terms(
                cleanStart, keepAliveSeconds, expirySeconds, receiveMaximum(), packetBytesMax(), topicAliasMaximum()));
    }

    @Override
    public GivenConnect withCleanStart(boolean cleanStart) {
        return with(cleanStart, keepAliveSeconds(), sessionExpirySeconds());
    }

    @Override
    public GivenConnect withKeepAliveSeconds(int seconds) {
        return with(cleanStart(), seconds, sessionExpirySeconds());
    }

    @Override
    public GivenConnect withSessionExpiry(Duration expiry) {
        expect(!expiry.isNegative(), "session expiry: 0 or longer");
        return with(cleanStart(), keepAliveSeconds(), Math.min(expiry.toSeconds(), INT_MAX));
    }

    @Override
    public GivenConnect withLimits(int receiveMaximum, long packetBytesMax, int topicAliasMaximum) {
        return with(new Terms(
                cleanStart(),
                keepAliveSeconds(),
                sessionExpirySeconds(),
                receiveMaximum,
                packetBytesMax,
                topicAliasMaximum));
    }

    @Override
    public GivenConnect withWill(@Nullable Publish will, long delaySeconds) {
        return new GivenConnect(client, password, terms, authenticationMethod, will, delaySeconds, userProperties);
    }

    @Override
    public GivenConnect withUserProperties(List<UserProperty> userProperties) {
        return new GivenConnect(
                client, password, terms, authenticationMethod, will, willDelaySeconds, List.copyOf(userProperties));
    }
}
