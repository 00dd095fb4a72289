// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.data;

import io.skep.broker.codec.Properties;
import io.skep.broker.codec.Topics;
import io.skep.broker.routing.Message;
import io.skep.broker.routing.MessageRecord;
import io.skep.broker.session.Inbound;
import io.skep.broker.session.QueuedMessage;
import io.skep.broker.session.SessionAttribute;
import io.skep.broker.session.SessionRecord;
import io.skep.broker.session.SubscriptionRecord;
import io.skep.broker.session.Will;
import io.skep.sdk.storage.Keyspace;
import io.skep.sdk.storage.Storage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads every kind of record, and looks whether it makes sense. Rows come keyspace by keyspace, sessions before what
 * belongs to them.
 */
final class Decoder {

    private final Storage storage;
    private final Set<Long> sessions = new HashSet<>();

    Decoder(Storage storage) {
        this.storage = storage;
    }

    /** {@return what is wrong with a row; null if nothing is} */
    @Nullable String complaint(Keyspace keyspace, byte[] key, byte[] value) {
        try {
            decode(keyspace, key, value);
            return null;
        } catch (RuntimeException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    /** {@return whether a row belongs to a session that was not among those decoded} */
    boolean isOrphan(Keyspace keyspace, byte[] key) {
        return switch (keyspace) {
            case SUBSCRIPTIONS, QUEUE, INBOUND ->
                !sessions.contains(ByteBuffer.wrap(key).getLong());
            case EXTENSIONS -> SessionAttribute.is(key) && !sessions.contains(SessionAttribute.session(key));
            case META, SESSIONS, PAYLOADS, RETAINED, WILLS -> false;
        };
    }

    private void decode(Keyspace keyspace, byte[] key, byte[] value) {
        switch (keyspace) {
            case SESSIONS -> {
                checkText("client id", key, SessionRecord.key(SessionRecord.clientId(key)));
                sessions.add(SessionRecord.read(value).number());
            }
            case SUBSCRIPTIONS ->
                Topics.checkFilter(SubscriptionRecord.read(key, value).filter());
            case QUEUE -> check(QueuedMessage.read(key, value, storage).message());
            case INBOUND -> Inbound.id(key);
            case RETAINED -> {
                Message message = MessageRecord.read(value);
                checkText("topic", key, message.topic());
                check(message);
            }
            case WILLS -> check(Will.read(key, value).message());
            case PAYLOADS -> check(MessageRecord.read(value));
            case EXTENSIONS -> {
                if (SessionAttribute.is(key)) {
                    SessionAttribute.read(key);
                }
            }
            case META -> {} // any bytes will do
        }
    }

    private static void check(@Nullable Message message) {
        if (message != null) {
            Topics.checkName(message.topic());
            Properties.of(message.properties()).userProperties(); // walks over all of them
            if (message.qos() > 2) {
                throw new IllegalStateException("QoS: " + message.qos() + " (expected: 0 to 2)");
            }
        }
    }

    private static void checkText(String name, byte[] found, byte[] expected) {
        if (!Arrays.equals(found, expected)) {
            throw new IllegalStateException(name + ": (expected: the same in key and record, in UTF-8)");
        }
    }
}
