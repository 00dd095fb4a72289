// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.AckProperties;
import io.skep.broker.codec.Packet;
import io.skep.broker.codec.PacketHandler;
import io.skep.broker.codec.PacketType;
import io.skep.broker.codec.PublishFrame;

/** Hears packets and does nothing, so that a measurement is that of the decoder. */
final class Unheard implements PacketHandler {

    @Override
    public void onPublish(PublishFrame publish) {}

    @Override
    public void onAck(PacketType type, int packetId, int reasonCode, AckProperties properties) {}

    @Override
    public void onPingreq() {}

    @Override
    public void onPacket(Packet packet) {}
}
