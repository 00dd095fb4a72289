// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skep.sdk.UserProperty;
import java.util.List;
import org.junit.jupiter.api.Test;

class PropertiesTest {

    private static final UserProperty FIRST = new UserProperty("k", "1");
    private static final UserProperty SECOND = new UserProperty("k", "2");

    @Test
    void areTheDefaultsOfTheStandardWhereAbsent() {
        Properties none = Properties.EMPTY;

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.receiveMaximum()).isEqualTo(65_535);
        assertThat(none.maximumPacketSize()).isEqualTo(Properties.UNLIMITED);
        assertThat(none.topicAliasMaximum()).isZero();
        assertThat(none.sessionExpirySeconds()).isEqualTo(-1);
        assertThat(none.messageExpirySeconds()).isEqualTo(-1);
        assertThat(none.willDelaySeconds()).isZero();
        assertThat(none.subscriptionId()).isZero();
        assertThat(none.requestProblemInformation()).isTrue();
        assertThat(none.requestResponseInformation()).isFalse();
        assertThat(none.payloadIsText()).isFalse();
        assertThat(none.contentType()).isNull();
        assertThat(none.responseTopic()).isNull();
        assertThat(none.correlationData()).isNull();
        assertThat(none.authenticationMethod()).isNull();
        assertThat(none.authenticationData()).isNull();
        assertThat(none.reasonString()).isNull();
        assertThat(none.serverReference()).isNull();
        assertThat(none.userProperties()).isEmpty();
        assertThat(none.forwardable()).isNull();
    }

    @Test
    void comeOutAsTheyWerePutIn() {
        Properties properties = Properties.builder()
                .payloadIsText()
                .messageExpirySeconds(0xFFFF_FFFEL)
                .contentType("text/plain; ä")
                .responseTopic("r/t")
                .correlationData(new byte[] {0, -1})
                .sessionExpirySeconds(9)
                .authenticationMethod("m")
                .authenticationData(new byte[0])
                .willDelaySeconds(0xFFFF_FFFFL)
                .serverReference("s")
                .reasonString("because")
                .receiveMaximum(0xFFFE)
                .topicAliasMaximum(7)
                .maximumPacketSize(0xFFFF_FFFFL)
                .userProperty("", "")
                .userProperties(List.of(FIRST, SECOND))
                .build();

        assertThat(properties.payloadIsText()).isTrue();
        assertThat(properties.messageExpirySeconds()).isEqualTo(0xFFFF_FFFEL);
        assertThat(properties.contentType()).isEqualTo("text/plain; ä");
        assertThat(properties.responseTopic()).isEqualTo("r/t");
        assertThat(properties.correlationData()).containsExactly(0, -1);
        assertThat(properties.sessionExpirySeconds()).isEqualTo(9);
        assertThat(properties.authenticationMethod()).isEqualTo("m");
        assertThat(properties.authenticationData()).isEmpty();
        assertThat(properties.willDelaySeconds()).isEqualTo(0xFFFF_FFFFL);
        assertThat(properties.serverReference()).isEqualTo("s");
        assertThat(properties.reasonString()).isEqualTo("because");
        assertThat(properties.receiveMaximum()).isEqualTo(0xFFFE);
        assertThat(properties.topicAliasMaximum()).isEqualTo(7);
        assertThat(properties.maximumPacketSize()).isEqualTo(0xFFFF_FFFFL);
        assertThat(properties.userProperties()).containsExactly(new UserProperty("", ""), FIRST, SECOND);
    }

    @Test
    void ofAWillTravelOnWithoutItsDelayAndExpiry() {
        byte[] forwardable = Properties.of(
                        Wire.bytes("18 00000007 01 01 02 00000009 03 'text' 26 'k' '1' 08 'r/t' 09 '12' 26 'k' '2'"))
                .forwardable();

        assertThat(forwardable).isEqualTo(Wire.bytes("01 01 03 'text' 26 'k' '1' 08 'r/t' 09 '12' 26 'k' '2'"));
        assertThat(Properties.of(Wire.bytes("18 00000007 02 00000009")).forwardable())
                .isNull();
        assertThat(Properties.of(Wire.bytes("01 01")).forwardable()).isEqualTo(Wire.bytes("01 01"));
    }

    @Test
    void takeOtherUserPropertiesAndKeepTheRest() {
        Properties before = Properties.of(Wire.bytes("26 'k' '1' 03 'text' 26 'k' '2' 01 01"));

        Properties after = before.withUserProperties(List.of(SECOND));

        assertThat(after.encoded()).isEqualTo(Wire.bytes("03 'text' 01 01 26 'k' '2'"));
        assertThat(before.userProperties()).containsExactly(FIRST, SECOND);
        assertThat(after.withUserProperties(List.of()).userProperties()).isEmpty();
        assertThat(Properties.of(Wire.bytes("26 'k' '1'"))
                        .withUserProperties(List.of())
                        .forwardable())
                .isNull();
        assertThat(Properties.EMPTY.withUserProperties(List.of(FIRST)).forwardable())
                .isEqualTo(Wire.bytes("26 'k' '1'"));
    }

    @Test
    void canBeExtended() {
        Properties extended =
                Properties.of(Wire.bytes("01 01")).toBuilder().contentType("c").build();

        assertThat(extended.encoded()).isEqualTo(Wire.bytes("01 01 03 'c'"));
    }

    @Test
    void ofAPublishAreCopiedOutOfTheInboundBuffer() {
        PacketDecoder decoder = new PacketDecoder(1_000);
        ByteBuf in = Unpooled.wrappedBuffer(
                Wire.bytes("10 [ 'MQTT' 05 02 0000 [ ] 'a' ] 30 [ 'a' [ 02 00000001 26 'k' '1' ] ]"));
        decoder.decode(in, new Transcript());
        byte[][] kept = new byte[1][];

        decoder.decode(in, new KeepsProperties(kept));
        in.setZero(0, in.capacity());

        assertThat(Properties.of(kept[0]).userProperties()).containsExactly(FIRST);
    }

    @Test
    void refuseStringsThatCannotTravel() {
        PropertiesBuilder builder = Properties.builder();

        assertThatThrownBy(() -> builder.userProperty("k", "a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.contentType("x".repeat(65_536))).isInstanceOf(IllegalArgumentException.class);
    }

    private record KeepsProperties(byte[][] kept) implements PacketHandler {

        @Override
        public void onPublish(PublishFrame publish) {
            byte[] properties = publish.forwardableProperties();
            kept[0] = properties == null ? ByteBufUtil.getBytes(Unpooled.EMPTY_BUFFER) : properties;
        }

        @Override
        public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {}

        @Override
        public void onPingreq() {}

        @Override
        public void onPacket(Packet packet) {}
    }
}
