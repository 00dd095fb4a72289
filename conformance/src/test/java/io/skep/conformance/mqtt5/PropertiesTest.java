// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.mqtt5;

import static io.skep.conformance.wire.Packets.PINGREQ;
import static io.skep.conformance.wire.Packets.concat;
import static io.skep.conformance.wire.Packets.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.skep.conformance.wire.Clients;
import io.skep.conformance.wire.Connect5;
import io.skep.conformance.wire.Normative;
import io.skep.conformance.wire.Packets5;
import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.RawClient;
import io.skep.sdk.auth.AuthAnswer;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.EnhancedAuthenticator;
import io.skep.sdk.auth.Login;
import io.skep.sdk.auth.Permissions;
import io.skep.sdk.testkit.BrokerExtension;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which properties the packets of a client may have, how often, and with which values. */
class PropertiesTest {

    private static final int PINGRESP = 13;

    @RegisterExtension
    static final BrokerExtension broker = BrokerExtension.create().hooks(hooks -> {
        hooks.enhancedAuthenticator(new Consent());
        hooks.authenticator(login -> Decision.allow());
    });

    @RegisterExtension
    final Clients clients = new Clients(broker);

    /** A method, named {@code x}, that lets everybody in. */
    private static final class Consent implements EnhancedAuthenticator {

        @Override
        public String method() {
            return "x";
        }

        @Override
        public Exchange begin(Login login) {
            return data -> AuthAnswer.allow(Permissions.ALL);
        }
    }

    private RawClient connect() {
        return clients.connect(
                Connect5.persistent("properties").withFlags(2).with(Props.text(Props.AUTHENTICATION_METHOD, "x")));
    }

    private void expectFault(Place place, byte[] packet, int reason) {
        if (place.isOfConnect()) {
            clients.open().send(packet).expectRefusal(reason);
        } else {
            connect().send(packet).expectDisconnect(reason);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void eachPropertyThatAPacketMayHaveIsAccepted(Place place) {
        for (int property : place.allowed()) {
            byte[] method = property == Props.AUTHENTICATION_DATA || place == Place.AUTH
                    ? Place.valid(Props.AUTHENTICATION_METHOD)
                    : new byte[0];
            byte[] packet = property == Props.AUTHENTICATION_METHOD
                    ? place.with(Place.valid(property))
                    : place.with(method, Place.valid(property));
            if (place.isOfConnect()) {
                assertThat(clients.open().send(packet).next5().reason()).isZero();
            } else if (place == Place.DISCONNECT) {
                connect().send(packet).expectClosed();
            } else {
                RawClient client = connect().send(packet, PINGREQ);
                int type;
                do {
                    type = client.next5().type();
                    assertThat(type).as("what follows property %d", property).isNotEqualTo(14);
                } while (type != PINGRESP);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @Normative(version = "extra", value = "U5-2.2.2-1")
    @Normative(version = "5.0", value = "MQTT-4.13.1-1")
    void eachPropertyThatBelongsElsewhereIsMalformed(Place place) {
        for (int property : place.forbidden()) {
            boolean otherRule = (place == Place.PUBLISH && property == Props.SUBSCRIPTION_IDENTIFIER)
                    || (place == Place.DISCONNECT && property == Props.SERVER_REFERENCE);
            if (!otherRule) {
                expectFault(place, place.with(Place.valid(property)), 0x81);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @Normative(version = "extra", value = "U5-2.2.2-1")
    void aPropertyThatDoesNotExistIsMalformed(Place place) {
        for (String unknown : new String[] {"00 00", "04 00", "7F 00", "81 01 00", "A6 00 00 01 61 00 01 61", "FF"}) {
            expectFault(place, place.with(hex(unknown)), 0x81);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @Normative(version = "extra", value = "U5-2.2.2-1")
    void aPropertyThatIsCutOffIsMalformed(Place place) {
        for (int property : place.allowed()) {
            byte[] whole = Place.valid(property);
            for (int length = 1; length < whole.length; length++) {
                expectFault(place, place.with(Arrays.copyOf(whole, length)), 0x81);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @Normative(version = "extra", value = "U5-2.2.2-1")
    void propertiesThatReachBeyondTheirPacketAreMalformed(Place place) {
        expectFault(place, place.withSection(concat(hex("FF 7F"), Place.valid(Props.USER_PROPERTY))), 0x81);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @Normative(version = "extra", value = "U5-2.2.2-2")
    void eachPropertyButUserPropertyMayBeThereOnce(Place place) {
        for (int property : place.allowed()) {
            byte[] once = Place.valid(property);
            if (property != Props.USER_PROPERTY) {
                expectFault(place, place.with(once, Place.valid(Props.USER_PROPERTY), once), 0x82);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Place.class,
            names = {"CONNECT", "WILL", "PUBLISH", "SUBSCRIBE", "UNSUBSCRIBE", "PUBACK"})
    void aUserPropertyMayBeThereOften(Place place) {
        byte[] packet = place.with(Props.user("a", "1"), Props.user("a", "1"), Props.user("b", ""), Props.user("", ""));
        if (place.isOfConnect()) {
            assertThat(clients.open().send(packet).next5().reason()).isZero();
        } else {
            RawClient client = connect().send(packet, PINGREQ);
            while (client.next5().type() != PINGRESP) {
                // SUBACK or UNSUBACK
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0x82", "1, 0", "65535, 0"})
    @Normative(version = "extra", value = "U5-3.1.2-2")
    void receiveMaximumIsNotZero(int value, int reason) {
        assertConnack(Props.two(Props.RECEIVE_MAXIMUM, value), reason);
    }

    @ParameterizedTest
    @CsvSource({"0, 0x82", "100, 0", "0xFFFFFFFF, 0"})
    @Normative(version = "extra", value = "U5-3.1.2-3")
    void maximumPacketSizeIsNotZero(String value, int reason) {
        assertConnack(Props.four(Props.MAXIMUM_PACKET_SIZE, Long.decode(value)), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "23, 0, 0",
        "23, 1, 0",
        "23, 2, 0x82",
        "23, 255, 0x82",
        "25, 0, 0",
        "25, 1, 0",
        "25, 2, 0x82",
        "25, 255, 0x82"
    })
    @Normative(version = "extra", value = "U5-3.1.2-4")
    void aRequestForInformationIsZeroOrOne(int property, int value, int reason) {
        assertConnack(Props.one(property, value), reason);
    }

    private void assertConnack(byte[] property, int reason) {
        RawClient client =
                clients.open().send(Connect5.clean("values").with(property).packed());
        if (reason == 0) {
            assertThat(client.next5().reason()).isZero();
        } else {
            client.expectRefusal(reason);
        }
    }

    @Test
    @Normative(version = "extra", value = "U5-3.1.2-5")
    void authenticationDataNeedsAMethod() {
        assertConnack(Place.valid(Props.AUTHENTICATION_DATA), 0x82);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x18, 0x19})
    @Normative(version = "extra", value = "U5-3.15.0-1")
    void authNeedsAMethod(int reason) {
        connect().send(Packets5.auth(reason)).expectDisconnect(0x82);
        connect()
                .send(Packets5.auth(reason, Place.valid(Props.AUTHENTICATION_DATA)))
                .expectDisconnect(0x82);
    }
}
