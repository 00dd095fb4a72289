// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Random steps, most of them such as make sense to a client that is connected or not. */
final class Generator {

    static final int CLIENTS = 5;
    static final List<String> TOPICS = List.of("a", "b", "a/b", "a/c", "b/c", "a/b/c", "/a", "$x/a");

    private static final List<String> FILTERS =
            List.of("a", "a/b", "a/+", "a/#", "+/b", "+/+", "#", "b/#", "/+", "$x/#");

    /**
     * What clients of even and of odd numbers share. No topic is matched by two filters of one client: two copies of a
     * message that look the same would not tell which group they come from.
     */
    private static final List<List<String>> SHARED_FILTERS = List.of(
            List.of("$share/g/a/#", "$share/g/b/c", "$share/g//a"),
            List.of("$share/h/+/b", "$share/h/b/#", "$share/h/a"));

    private static final int QOS_2_IDS = 8;
    private static final int QOS_1_ID = 100;
    private static final int REQUEST_ID = 200;

    private final Random random;
    private final Deque<Step> planned = new ArrayDeque<>();
    private int messages;

    Generator(long seed) {
        random = new Random(seed);
    }

    /** {@return the next step} */
    Step next(Stage stage) {
        if (!planned.isEmpty()) {
            return planned.removeFirst();
        }
        int client = random.nextInt(CLIENTS);
        Link link = stage.link(client);
        if (link == null) {
            return oneIn(12) ? new Step.Intrude(client, oneOf(Refused.values())) : connect(client);
        }
        int dice = random.nextInt(1000);
        if (dice < 420) {
            return publish(client);
        } else if (dice < 690) {
            return answer(client);
        } else if (dice < 780) {
            return new Step.Release(client, 1 + random.nextInt(QOS_2_IDS));
        } else if (dice < 880) {
            return subscribe(client);
        } else if (dice < 920) {
            return new Step.Unsubscribe(client, REQUEST_ID + random.nextInt(3), someFilters(client));
        }
        return changeOfConnection(client, link, dice);
    }

    private Step changeOfConnection(int client, Link link, int dice) {
        if (dice < 935) {
            return connect(client);
        } else if (dice < 958) {
            int expiry = oneIn(4) ? random.nextInt(2) * Step.LONG_SECONDS : -1;
            return new Step.Disconnect(client, oneIn(3) ? 4 : 0, expiry);
        } else if (dice < 976) {
            return new Step.Drop(client, oneOf(Step.Break.values()));
        } else if (dice < 986) {
            return new Step.Offend(client, oneOf(Illegal.values()));
        } else if (dice < 992) {
            return new Step.Intrude(client, oneOf(Refused.values()));
        } else if (dice < 997) {
            overrun(client, link);
            return planned.removeFirst();
        }
        return oneIn(6) ? new Step.Restart() : connect(client);
    }

    private Step connect(int client) {
        Step.Testament will = oneIn(3) ? will() : null;
        return new Step.Connect(client, random.nextBoolean(), oneIn(4), !oneIn(4), random.nextInt(4), will);
    }

    private Step.Testament will() {
        return new Step.Testament(oneOf(TOPICS), payload("will"), random.nextInt(3), oneIn(3), oneIn(3));
    }

    private Step publish(int client) {
        boolean retain = oneIn(5);
        Message message = new Message(
                "",
                oneIn(60) ? "$SYS/a" : oneOf(TOPICS),
                retain && oneIn(3) ? "" : payload("m"),
                random.nextInt(3),
                retain,
                oneIn(4) ? "text" + random.nextInt(3) : "");
        boolean plain = message.topic().startsWith("$SYS") || !oneIn(6);
        int alias = plain ? 0 : 1 + random.nextInt(oneIn(15) ? 5 : 3);
        int id = message.qos() == 2 ? 1 + random.nextInt(QOS_2_IDS) : QOS_1_ID + random.nextInt(3);
        return new Step.Publish(client, id, oneIn(4), message, alias, !oneIn(4));
    }

    private Step answer(int client) {
        if (oneIn(30)) {
            return new Step.AnswerUnknown(client, oneOf(List.of(0x40, 0x50, 0x70)));
        }
        Step.Manner manner = oneIn(12) ? oneOf(Step.Manner.values()) : Step.Manner.PROPERLY;
        return new Step.Answer(client, oneIn(2) ? -1 : random.nextInt(8), manner);
    }

    private Step subscribe(int client) {
        List<Step.Request> requests = new ArrayList<>();
        for (String filter : someFilters(client)) {
            boolean noLocal = !filter.startsWith("$share") && oneIn(4);
            requests.add(new Step.Request(
                    filter, random.nextInt(3), noLocal, random.nextBoolean(), oneIn(2) ? 0 : random.nextInt(3)));
        }
        return new Step.Subscribe(client, REQUEST_ID + random.nextInt(3), requests, oneIn(2) ? random.nextInt(4) : 0);
    }

    /** One message more than the broker's Receive Maximum. */
    private void overrun(int client, Link link) {
        int id = QOS_2_IDS;
        for (int i = link.open.size(); i <= Model.RECEIVE_MAXIMUM; i++) {
            Message message = new Message("", oneOf(TOPICS), payload("m"), 2, false, "");
            planned.add(new Step.Publish(client, ++id, false, message, 0, true));
        }
    }

    private String payload(String kind) {
        return kind + ++messages;
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    private List<String> someFilters(int client) {
        List<String> chosen = new ArrayList<>();
        do {
            chosen.add(oneOf(oneIn(3) ? SHARED_FILTERS.get(client % 2) : FILTERS));
        } while (oneIn(3));
        return chosen;
    }

    private <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private <T> T oneOf(T[] all) {
        return all[random.nextInt(all.length)];
    }
}
