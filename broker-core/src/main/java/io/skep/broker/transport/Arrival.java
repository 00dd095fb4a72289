// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.channel.Channel;
import io.skep.broker.codec.Connect;
import io.skep.broker.codec.MqttException;
import io.skep.broker.session.Replies;
import io.skep.sdk.Client;
import io.skep.sdk.packet.ConnectRequest;
import io.skep.sdk.packet.Interception;

/**
 * A CONNECT that has arrived: extensions look at it, then the {@link Handshake} begins with what they leave of it.
 * Lives on the connection's loop.
 */
final class Arrival {

    private final Connection connection;
    private final Connect asked;
    private final Client client;

    Arrival(Connection connection, Connect asked) {
        this.connection = connection;
        this.asked = asked;
        client = client(connection, asked);
    }

    void begin() {
        if (connection.reception().hooks().interceptsConnect()) {
            connection
                    .reception()
                    .hooks()
                    .intercept(new ConnectView(asked, client), connection.lane().loop(), this::intercepted);
        } else {
            new Handshake(connection, asked, asked, client).begin();
        }
    }

    /** {@return who a CONNECT says it is from} */
    private static Client client(Connection connection, Connect connect) {
        Channel channel = connection.context().channel();
        return new Client(
                connect.clientId(),
                connect.userName(),
                Peer.address(channel),
                connect.version(),
                connection.listener().name(),
                Peer.certificates(channel),
                Peer.facts(channel, connection.listener()));
    }

    private void intercepted(Interception<ConnectRequest> answer) {
        if (connection.isClosed()) {
            return;
        }
        if (answer instanceof Interception.Deny<ConnectRequest> deny) {
            connection.arrived(new Replies(
                    client,
                    asked.properties(),
                    connection.reception().hooks(),
                    connection.lane().loop()));
            connection.refuse(client, deny.reason(), deny.text());
            return;
        }
        Connect left = answer instanceof Interception.Change<ConnectRequest> change
                ? ConnectView.connectOf(change.request())
                : asked;
        try {
            new Handshake(connection, asked, left, client).begin();
        } catch (MqttException e) { // nobody else catches it when the answer came later
            connection.close(e.reason(), String.valueOf(e.getMessage()));
        }
    }
}
