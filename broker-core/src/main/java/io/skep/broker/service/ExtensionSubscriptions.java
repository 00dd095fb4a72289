// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skep.broker.codec.Topics;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.routing.Subscription;
import io.skep.broker.routing.TopicLimits;
import io.skep.broker.session.Oversight;
import io.skep.broker.session.Session;
import io.skep.sdk.Qos;
import io.skep.sdk.service.Listing;
import io.skep.sdk.service.Subscriber;
import io.skep.sdk.service.Subscriptions;
import io.skep.sdk.service.TopicSubscription;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Subscriptions, by client as sessions know them, by topic and filter as the tree does. */
final class ExtensionSubscriptions implements Subscriptions {

    private final Calls calls;

    ExtensionSubscriptions(Calls calls) {
        this.calls = calls;
    }

    @Override
    public Listing<TopicSubscription> of(String clientId) {
        return Pages.ofAll(
                calls,
                core -> {
                    Session session = core.sessions().get(clientId);
                    return session == null
                            ? CompletableFuture.completedFuture(List.<Subscription>of())
                            : Oversight.subscriptions(session);
                },
                ExtensionSubscriptions::shown);
    }

    @Override
    public Listing<Subscriber> matching(String topic) {
        byte[] name = topic.getBytes(UTF_8);
        return Pages.ofAll(
                calls,
                core -> {
                    Topics.checkName(name);
                    return CompletableFuture.completedFuture(
                            core.router().tree().matching(name));
                },
                ExtensionSubscriptions::subscriber);
    }

    @Override
    public Listing<Subscriber> with(String filter) {
        byte[] bytes = filter.getBytes(UTF_8);
        return Pages.ofAll(
                calls,
                core -> {
                    Topics.checkFilter(bytes);
                    return CompletableFuture.completedFuture(
                            core.router().tree().with(bytes));
                },
                ExtensionSubscriptions::subscriber);
    }

    @Override
    public CompletionStage<Boolean> add(String clientId, List<TopicSubscription> added, boolean sendRetained) {
        List<TopicSubscription> asked = List.copyOf(added);
        return calls.ask(core -> {
            asked.forEach(each -> check(each, core.mqtt()));
            Session session = core.sessions().get(clientId);
            if (session == null) {
                return CompletableFuture.completedFuture(false);
            }
            int qosMaximum = core.mqtt().features().qosMaximum();
            List<Subscription> granted = asked.stream()
                    .map(each -> granted(session, each, qosMaximum))
                    .toList();
            return Oversight.subscribe(session, granted, sendRetained);
        });
    }

    private static void check(TopicSubscription asked, MqttConfig mqtt) {
        byte[] filter = asked.filter().getBytes(UTF_8);
        Topics.checkFilter(filter);
        TopicLimits.of(mqtt).checkFilter(filter);
        if (asked.noLocal() && Topics.isShared(filter)) {
            throw new IllegalArgumentException( // [MQTT-3.8.3-4]
                    "noLocal: true (expected: false, for '" + asked.filter() + "' is shared)");
        }
    }

    private static Subscription granted(Session session, TopicSubscription asked, int qosMaximum) {
        int flags = Math.min(asked.qos().ordinal(), qosMaximum)
                | (asked.noLocal() ? 4 : 0)
                | (asked.retainAsPublished() ? 8 : 0);
        return new Subscription(session, asked.filter().getBytes(UTF_8), flags, asked.identifier());
    }

    @Override
    public CompletionStage<Set<String>> remove(String clientId, List<String> filters) {
        List<String> asked = List.copyOf(filters);
        return calls.ask(core -> {
            Session session = core.sessions().get(clientId);
            if (session == null) {
                return CompletableFuture.completedFuture(Set.<String>of());
            }
            List<byte[]> bytes =
                    asked.stream().map(filter -> filter.getBytes(UTF_8)).toList();
            return Oversight.unsubscribe(session, bytes).thenApply(existed -> {
                Set<String> gone = new LinkedHashSet<>();
                for (int i = 0; i < existed.length; i++) {
                    if (existed[i]) {
                        gone.add(asked.get(i));
                    }
                }
                return gone;
            });
        });
    }

    private static Subscriber subscriber(Subscription subscription) {
        return new Subscriber(subscription.recipient().clientId(), shown(subscription));
    }

    private static TopicSubscription shown(Subscription subscription) {
        int[] identifiers = subscription.identifiers();
        return new TopicSubscription(
                new String(subscription.filter(), UTF_8),
                Qos.of(subscription.qos()),
                subscription.noLocal(),
                subscription.retainAsPublished(),
                identifiers == null ? 0 : identifiers[0]);
    }
}
