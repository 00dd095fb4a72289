// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import io.skep.conformance.wire.Props;
import io.skep.conformance.wire.Seen5;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A message on its way to one session, as it has to arrive there. */
final class Item {

    final Session session;
    final Message message;
    final int qos;
    final boolean retain;
    final List<Integer> subscriptionIds;

    /** The step that brought it: order is promised between steps only. */
    final int batch;

    /** The filter of the shared group it comes from. */
    @Nullable String group;

    /** Whether it may have been written to a connection that ended in the same step. */
    boolean mayBeRepeated;

    /** The packet identifier, once it is known. */
    int id;

    /** Whether PUBREC has been sent for it. */
    boolean released;

    /** The connection that its PUBLISH was last sent on. */
    @Nullable Link publishedOn;

    Item(Session session, Message message, int qos, boolean retain, List<Integer> subscriptionIds, int batch) {
        this.session = session;
        this.message = message;
        this.qos = qos;
        this.retain = retain;
        this.subscriptionIds = subscriptionIds;
        this.batch = batch;
    }

    boolean isContentOf(Seen5 publish, String topic, boolean v5) {
        return topic.equals(message.topic())
                && publish.payload().equals(message.payload())
                && publish.qos() == qos
                && publish.retain() == retain
                && (!v5 || hasPropertiesOf(publish));
    }

    private boolean hasPropertiesOf(Seen5 publish) {
        Object type = publish.property(Props.CONTENT_TYPE);
        List<Long> ids = publish.all(Props.SUBSCRIPTION_IDENTIFIER).stream()
                .map(Long.class::cast)
                .sorted()
                .toList();
        return message.contentType().equals(type == null ? "" : type)
                && ids.equals(
                        subscriptionIds.stream().map(Long::valueOf).sorted().toList())
                && List.of(Props.CONTENT_TYPE, Props.SUBSCRIPTION_IDENTIFIER, Props.TOPIC_ALIAS)
                        .containsAll(new TreeSet<>(publish.properties().keySet()));
    }

    @Override
    public String toString() {
        return "%s %s qos %d%s%s"
                .formatted(
                        message.topic(),
                        message.payload(),
                        qos,
                        retain ? " RETAIN" : "",
                        subscriptionIds.isEmpty() ? "" : " subscriptions " + subscriptionIds);
    }
}
