// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.codec;

/** Hears decoded packets, on the loop of the connection. */
public interface PacketHandler {

    /** PUBLISH; the frame is valid during the call only. Its topic name is not checked yet, see {@link Topics}. */
    void onPublish(PublishFrame publish);

    /** PUBACK, PUBREC, PUBREL or PUBCOMP; the reason code is 0 where the packet has none. */
    void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties);

    void onPingreq();

    /** Every other packet that a client may send. */
    void onPacket(Packet packet);
}
