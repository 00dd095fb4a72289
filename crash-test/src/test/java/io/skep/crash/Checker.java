// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.crash;

import io.skep.crash.Event.Acknowledged;
import io.skep.crash.Event.Armed;
import io.skep.crash.Event.Asked;
import io.skep.crash.Event.Connected;
import io.skep.crash.Event.Received;
import io.skep.crash.Event.Refused;
import io.skep.crash.Event.Sent;
import io.skep.crash.Event.Struck;
import io.skep.crash.Event.Subscribed;
import io.skep.crash.Event.Told;
import io.skep.crash.Event.Undecided;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Compares a history with what an MQTT broker promises to clients whose sessions do not expire:
 *
 * <ul>
 *   <li>a message that was acknowledged reaches everyone who had subscribed before it was sent, and one member of each
 *       group that shares a subscription;
 *   <li>at QoS 2 it reaches nobody twice, and of a group one member;
 *   <li>the messages of a topic come in the order of their numbers, at QoS 1 when they come for the first time; but not
 *       within a group, where a member takes over what another has left;
 *   <li>nothing comes that was not sent;
 *   <li>a session that was there once is there at each connection;
 *   <li>a will is published once, or at most once if DISCONNECT was sent or CONNACK did not come;
 *   <li>who asks for the retained message gets the last acknowledged one, or a later one that was sent already.
 * </ul>
 *
 * <p>It walks along the history once; what must have come by the end it looks up then.
 */
final class Checker {

    /** Of a will that may be published or not; else it is when it was armed. */
    private static final int UNDECIDED = -1;

    private final Map<String, Topic> topics = new HashMap<>();
    private final Map<String, Recipient> recipients = new LinkedHashMap<>();
    private final Map<String, Recipient> groups = new LinkedHashMap<>();
    private final Map<String, Integer> wills = new LinkedHashMap<>();
    private final Map<String, Integer> promised = new HashMap<>();
    private final Set<String> connected = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private int now;

    /** What became of the messages of a topic, by their numbers. */
    private static final class Topic {

        final List<Integer> sentAt = new ArrayList<>();
        final BitSet clears = new BitSet();
        final BitSet acknowledged = new BitSet();
        int qos;
        int lastAcknowledged = Told.NONE;

        /** {@return whether nothing may be retained, given that the message of a number, or a later one, was} */
        boolean mayBeEmpty(int atLeast) {
            return atLeast == Told.NONE || clears.nextSetBit(atLeast) >= 0;
        }
    }

    /** A subscriber, or a group that shares a subscription. */
    private static final class Recipient {

        final Map<Filter, Integer> subscribedAt = new LinkedHashMap<>();
        final Set<String> groups = new LinkedHashSet<>();
        final Map<String, BitSet> received = new HashMap<>();
        final Map<String, Integer> highest = new HashMap<>();

        BitSet of(String topic) {
            return received.computeIfAbsent(topic, name -> new BitSet());
        }

        /** {@return whether this message is the first of its number} */
        boolean take(String topic, int number) {
            boolean first = !of(topic).get(number);
            of(topic).set(number);
            return first;
        }

        boolean isEntitled(String topic, int at) {
            return subscribedAt.entrySet().stream()
                    .anyMatch(subscription -> subscription.getValue() < at
                            && subscription.getKey().matches(topic));
        }
    }

    private Checker() {}

    /** {@return all that contradicts the promises, a line each} */
    static List<String> check(List<Event> history) {
        Checker checker = new Checker();
        for (Event event : history) {
            checker.take(event);
            checker.now++;
        }
        checker.recipients.forEach(checker::complete);
        checker.groups.forEach(checker::complete);
        return checker.violations;
    }

    private void take(Event event) {
        if (event instanceof Sent sent) {
            sent(sent);
        } else if (event instanceof Acknowledged acknowledged) {
            acknowledged(topic(acknowledged.topic()), acknowledged.number());
        } else if (event instanceof Received received) {
            received(received);
        } else if (event instanceof Connected connection) {
            if (!connected.add(connection.client()) && !connection.sessionPresent()) {
                report(String.format("lost session: %s (expected: Session Present)", connection.client()));
            }
        } else if (event instanceof Subscribed subscribed) {
            subscribed(subscribed.client(), Filter.of(subscribed.filter()));
        } else if (event instanceof Armed armed) {
            wills.put(armed.topic(), now);
        } else if (event instanceof Undecided undecided) {
            wills.put(undecided.topic(), UNDECIDED);
        } else if (event instanceof Asked asked) {
            promised.put(asked.question() + asked.topic(), topic(asked.topic()).lastAcknowledged);
        } else if (event instanceof Told told) {
            told(told);
        } else if (!(event instanceof Refused || event instanceof Struck)) {
            throw new IllegalArgumentException(event.toString());
        }
    }

    private void sent(Sent sent) {
        Topic topic = topic(sent.topic());
        if (sent.number() != topic.sentAt.size()) {
            throw new IllegalArgumentException(sent + " (expected: number " + topic.sentAt.size() + ")");
        }
        topic.sentAt.add(now);
        topic.clears.set(sent.number(), sent.clears());
        topic.qos = sent.qos();
    }

    private static void acknowledged(Topic topic, int number) {
        topic.acknowledged.set(number);
        topic.lastAcknowledged = Math.max(topic.lastAcknowledged, number);
    }

    private void subscribed(String client, Filter filter) {
        Recipient recipient = recipient(client);
        if (filter.isShared()) {
            String name = "group " + filter.group();
            recipient.groups.add(name);
            recipient = groups.computeIfAbsent(name, key -> new Recipient());
        }
        recipient.subscribedAt.putIfAbsent(filter, now);
    }

    private void received(Received received) {
        String topic = received.topic();
        int number = received.number();
        if (number >= topic(topic).sentAt.size() && !(number == 0 && wills.containsKey(topic))) {
            report(String.format("invented: %s got %s number %s", received.client(), topic, number));
        }
        if (received.retained()) {
            return;
        }
        Recipient recipient = recipient(received.client());
        int highest = recipient.highest.getOrDefault(topic, -1);
        if (recipient.take(topic, number)) {
            if (number < highest && isAlone(recipient, topic)) {
                report(String.format("order: %s got %s number %s after %s", received.client(), topic, number, highest));
            }
            recipient.highest.put(topic, Math.max(highest, number));
            recipient.groups.forEach(group -> share(group, received));
        } else if (received.qos() == 2) {
            report(String.format("twice: %s got %s number %s", received.client(), topic, number));
        }
    }

    private boolean isAlone(Recipient recipient, String topic) {
        return recipient.groups.stream()
                .noneMatch(group ->
                        Objects.requireNonNull(groups.get(group), group).isEntitled(topic, now));
    }

    private void share(String name, Received received) {
        Recipient group = Objects.requireNonNull(groups.get(name), name);
        if (group.isEntitled(received.topic(), now)
                && !group.take(received.topic(), received.number())
                && received.qos() == 2) {
            report(String.format(
                    "twice: two members of %s got %s number %s", name, received.topic(), received.number()));
        }
    }

    private void told(Told told) {
        Topic topic = topic(told.topic());
        int atLeast = promised.getOrDefault(told.question() + told.topic(), Told.NONE);
        boolean right = told.number() == Told.NONE
                ? topic.mayBeEmpty(atLeast)
                : told.number() >= atLeast && told.number() < topic.sentAt.size();
        if (!right) {
            report(String.format(
                    "retained: %s has number %s (expected: %s to %s)",
                    told.topic(), told.number(), atLeast, topic.sentAt.size() - 1));
        }
    }

    /** All that the recipient was entitled to has come. */
    private void complete(String name, Recipient recipient) {
        topics.forEach((topicName, topic) -> {
            BitSet missing = (BitSet) topic.acknowledged.clone();
            missing.andNot(recipient.of(topicName));
            missing.andNot(topic.clears);
            missing.stream()
                    .filter(number -> recipient.isEntitled(topicName, topic.sentAt.get(number)))
                    .forEach(number -> report(String.format(
                            "lost message: %s did not get %s number %s of QoS %s",
                            name, topicName, number, topic.qos)));
        });
        wills.forEach((topic, armedAt) -> {
            if (recipient.isEntitled(topic, armedAt) && recipient.of(topic).isEmpty()) {
                report(String.format("lost will: %s did not get %s", name, topic));
            }
        });
    }

    private Topic topic(String name) {
        return topics.computeIfAbsent(name, key -> new Topic());
    }

    private Recipient recipient(String client) {
        return recipients.computeIfAbsent(client, name -> new Recipient());
    }

    private void report(String violation) {
        violations.add("at " + now + ": " + violation);
    }
}
