// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.skep.sdk.ProtocolVersion;
import io.skep.sdk.ReasonCode;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketEncoderTest {

    private static final ProtocolVersion V3_1 = ProtocolVersion.V3_1;
    private static final ProtocolVersion V3_1_1 = ProtocolVersion.V3_1_1;
    private static final ProtocolVersion V5_0 = ProtocolVersion.V5_0;
    private static final byte[] TOPIC = "a/b".getBytes(UTF_8);

    private final ByteBuf out = Unpooled.buffer(1); // grows, so a missing reservation of space would show

    @Test
    void connackTellsOfTheSession() {
        PacketEncoder.connack(out, V5_0, true, ReasonCode.SUCCESS, Properties.EMPTY);
        PacketEncoder.connack(out, V3_1_1, true, ReasonCode.SUCCESS, Properties.EMPTY);
        PacketEncoder.connack(out, V3_1, true, ReasonCode.SUCCESS, Properties.EMPTY);
        PacketEncoder.connack(out, V5_0, false, ReasonCode.SUCCESS, Properties.EMPTY);

        assertWritten("20 [ 01 00 [ ] ]  20 [ 01 00 ]  20 [ 00 00 ]  20 [ 00 00 [ ] ]");
    }

    @Test
    void connackThatRefusesHasNoSessionPresent() {
        PacketEncoder.connack(out, V5_0, true, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY);
        PacketEncoder.connack(out, V3_1_1, true, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY);

        assertWritten("20 [ 00 87 [ ] ]  20 [ 00 05 ]");
    }

    @Test
    void connackCarriesPropertiesOnlyIn50() {
        Properties properties = Properties.builder()
                .sessionExpirySeconds(0xFFFF_FFFFL)
                .receiveMaximum(20)
                .maximumQos(1)
                .retainAvailable(false)
                .maximumPacketSize(2_000_000)
                .assignedClientId("made-up")
                .topicAliasMaximum(10)
                .wildcardSubscriptionAvailable(true)
                .subscriptionIdAvailable(true)
                .sharedSubscriptionAvailable(false)
                .serverKeepAliveSeconds(60)
                .responseInformation("r")
                .serverReference("s")
                .build();
        PacketEncoder.connack(out, V5_0, false, ReasonCode.SUCCESS, properties);
        PacketEncoder.connack(out, V3_1_1, false, ReasonCode.SUCCESS, properties);

        assertWritten("20 [ 00 00 [ 11 FFFFFFFF 21 0014 24 01 25 00 27 001E8480 12 'made-up' 22 000A 28 01 29 01 2A 00"
                + " 13 003C 1A 'r' 1C 's' ] ]  20 [ 00 00 ]");
    }

    @Test
    void connackOf3HasAReturnCodeOrIsNotSent() {
        Map<ReasonCode, Integer> codes = new EnumMap<>(Map.of(
                ReasonCode.SUCCESS, 0,
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, 1,
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, 2,
                ReasonCode.SERVER_UNAVAILABLE, 3,
                ReasonCode.SERVER_BUSY, 3,
                ReasonCode.QUOTA_EXCEEDED, 3,
                ReasonCode.BAD_USER_NAME_OR_PASSWORD, 4,
                ReasonCode.NOT_AUTHORIZED, 5,
                ReasonCode.BANNED, 5));
        codes.forEach((reason, code) -> {
            out.clear();
            assertThat(PacketEncoder.connack(out, V3_1_1, false, reason, Properties.EMPTY))
                    .isTrue();
            assertWritten("20 [ 00 0" + code + " ]");
        });
        out.clear();
        assertThat(PacketEncoder.connack(out, V3_1_1, false, ReasonCode.MALFORMED_PACKET, Properties.EMPTY))
                .isFalse();
        assertThat(PacketEncoder.connack(out, V3_1, false, ReasonCode.TOPIC_NAME_INVALID, Properties.EMPTY))
                .isFalse();
        assertThat(out.isReadable()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void connackOf3NeverHasACodeAbove5(ReasonCode reason) {
        assertThat(ReturnCodes.connack(reason)).isBetween(ReturnCodes.NONE, 5);
    }

    @Test
    void acknowledgementsTakeTheirShortestForm() {
        PacketEncoder.ack(out, false, PacketType.PUBACK, 0x0102, 0);
        PacketEncoder.ack(out, false, PacketType.PUBREC, 0xFFFF, 0x87); // 3.x: the code stays at home
        PacketEncoder.ack(out, true, PacketType.PUBREL, 1, 0);
        PacketEncoder.ack(out, true, PacketType.PUBREL, 1, 0x92);
        PacketEncoder.ack(out, true, PacketType.PUBCOMP, 0x8001, 0x92);
        PacketEncoder.ack(out, true, PacketType.PUBACK, 1, 0x10);

        assertWritten("40 02 0102  50 02 FFFF  62 02 0001  62 03 0001 92  70 03 8001 92  40 03 0001 10");
    }

    @Test
    void acknowledgementsMayCarryAReason() {
        Properties reason = Properties.builder().reasonString("no").build();

        PacketEncoder.ack(out, PacketType.PUBREC, 1, 0x87, reason);
        PacketEncoder.suback(out, V5_0, 7, Wire.bytes("00 87"), reason);
        PacketEncoder.suback(out, V3_1_1, 7, Wire.bytes("00 87"), reason);

        assertWritten("50 [ 0001 87 [ 1F 0002 6E6F ] ]  90 [ 0007 [ 1F 0002 6E6F ] 00 87 ]  90 [ 0007 00 80 ]");
    }

    @Test
    void subackRefusesInTheWordsOfEachVersion() {
        byte[] codes = Wire.bytes("00 01 02 87 80");

        PacketEncoder.suback(out, V5_0, 7, codes, Properties.EMPTY);
        PacketEncoder.suback(out, V3_1_1, 7, codes, Properties.EMPTY);
        PacketEncoder.suback(out, V3_1, 7, codes, Properties.EMPTY);

        assertWritten("90 [ 0007 [ ] 00 01 02 87 80 ]  90 [ 0007 00 01 02 80 80 ]  90 [ 0007 00 01 02 00 00 ]");
    }

    @Test
    void unsubackHasCodesOnlyIn50() {
        byte[] codes = Wire.bytes("00 11");

        PacketEncoder.unsuback(out, V5_0, 0xFFFF, codes, Properties.EMPTY);
        PacketEncoder.unsuback(out, V3_1_1, 0xFFFF, codes, Properties.EMPTY);
        PacketEncoder.unsuback(out, V3_1, 0xFFFF, codes, Properties.EMPTY);

        assertWritten("B0 [ FFFF [ ] 00 11 ]  B0 [ FFFF ]  B0 [ FFFF ]");
    }

    @Test
    void pingrespIsTwoBytes() {
        PacketEncoder.pingresp(out);

        assertWritten("D0 00");
    }

    @Test
    void disconnectAndAuthLeaveOutWhatTheyCan() {
        PacketEncoder.disconnect(out, ReasonCode.SUCCESS, (String) null);
        PacketEncoder.disconnect(out, ReasonCode.SESSION_TAKEN_OVER, (String) null);
        PacketEncoder.disconnect(out, ReasonCode.PROTOCOL_ERROR, "why");
        Properties moved = Properties.builder().serverReference("b").build();
        PacketEncoder.disconnect(out, ReasonCode.USE_ANOTHER_SERVER, moved);
        PacketEncoder.auth(
                out,
                ReasonCode.CONTINUE_AUTHENTICATION,
                Properties.builder()
                        .authenticationMethod("m")
                        .authenticationData(new byte[] {1})
                        .build());

        assertWritten("E0 00  E0 01 8E  E0 [ 82 [ 1F 'why' ] ]  E0 [ 9C [ 1C 'b' ] ]  F0 [ 18 [ 15 'm' 16 0001 01 ] ]");
    }

    @Test
    void publishWithoutPropertiesEndsBeforeItsPayload() {
        assertThat(publish(0, false, 0, 5)).isEqualTo(-1);
        assertWritten("30 0A 'a/b'");

        assertThat(publish(1, false, 0x0102, 5)).isEqualTo(7);
        assertWritten("32 0C 'a/b' 0102");

        assertThat(publish(2, true, 0x0102, 5)).isEqualTo(7);
        assertWritten("34 0D 'a/b' 0102 00");

        assertThat(publish(0, true, 9, 5)).isEqualTo(-1);
        assertWritten("30 0B 'a/b' 00");
    }

    @Test
    void publishHasItsFlagsInTheFirstByte() {
        assertThat(PacketEncoder.publishFirstByte(false, 0, false)).isEqualTo(0x30);
        assertThat(PacketEncoder.publishFirstByte(false, 0, true)).isEqualTo(0x31);
        assertThat(PacketEncoder.publishFirstByte(true, 1, false)).isEqualTo(0x3A);
        assertThat(PacketEncoder.publishFirstByte(true, 2, true)).isEqualTo(0x3D);
    }

    @Test
    void publishPutsThePropertiesOfTheDeliveryAroundThoseOfTheMessage() {
        byte[] forwardable = Wire.bytes("01 01 26 'k' 'v'");
        DeliveryProperties properties = new DeliveryProperties(0xFFFF_FFFFL, forwardable, new int[] {1, 300}, 9);

        int idIndex = PacketEncoder.publish(out, 0x32, TOPIC, 5, 2, properties);
        out.writeBytes(Wire.bytes("\"hi\""));

        assertWritten("32 [ 'a/b' 0005 [ 02 FFFFFFFF 01 01 26 'k' 'v' 0B 01 0B AC02 23 0009 ] \"hi\" ]");
        assertThat(out.getUnsignedShort(idIndex)).isEqualTo(5);
    }

    @Test
    void publishWithAKnownAliasHasNoTopic() {
        PacketEncoder.publish(out, 0x30, new byte[0], 0, 0, new DeliveryProperties(-1, null, null, 3));
        PacketEncoder.publish(out, 0x30, TOPIC, 0, 0, DeliveryProperties.NONE);
        PacketEncoder.publish(out, 0x30, TOPIC, 0, 0, new DeliveryProperties(0, null, null, 0));

        assertWritten("30 [ '' [ 23 0003 ] ]  30 [ 'a/b' [ ] ]  30 [ 'a/b' [ 02 00000000 ] ]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 120, 121, 122, 123, 16_376, 16_377, 16_378, 16_379, 2_097_150, 268_435_440})
    void publishKnowsItsSizeBeforehand(int payloadBytes) {
        assertSize(payloadBytes, null);
        assertSize(payloadBytes, DeliveryProperties.NONE);
        assertSize(payloadBytes, new DeliveryProperties(1, Wire.bytes("01 01"), null, 0));
    }

    @Test
    void publishAboveTheLimitOfTheProtocolIsOurMistake() {
        assertThatThrownBy(() -> PacketEncoder.publish(out, 0x30, TOPIC, 0, VarInt.MAX, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertSize(int payloadBytes, @Nullable DeliveryProperties properties) {
        out.clear();
        if (properties == null) {
            PacketEncoder.publish(out, 0x32, TOPIC, 1, payloadBytes, false);
        } else {
            PacketEncoder.publish(out, 0x32, TOPIC, 1, payloadBytes, properties);
        }
        int bytes = out.readableBytes() + payloadBytes;
        assertThat(PacketEncoder.publishBytes(1, TOPIC.length, payloadBytes, properties))
                .isEqualTo(bytes);
        assertThat(new PacketDecoder(0).packetBytes(out)).isEqualTo(bytes);
    }

    private int publish(int qos, boolean v5, int packetId, int payloadBytes) {
        out.clear();
        int firstByte = PacketEncoder.publishFirstByte(false, qos, false);
        return PacketEncoder.publish(out, firstByte, TOPIC, packetId, payloadBytes, v5);
    }

    private void assertWritten(String expected) {
        assertThat(Wire.hex(out)).isEqualTo(Wire.hex(expected));
    }
}
