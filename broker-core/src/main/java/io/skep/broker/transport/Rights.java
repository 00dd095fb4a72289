// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.hook.AnswerMemory;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.routing.Topic;
import io.skep.broker.security.PermissionCheck;
import io.skep.broker.session.Testator;
import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.ReasonCode;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a connected client may do: the permissions of its login, then the authorizers. Answers about publishing are
 * remembered by topic, for as long as the authorizers allow, so that who repeats itself is asked about once.
 */
final class Rights implements Testator {

    private static final int REMEMBERED = 8;
    private static final Decision NOT_PERMITTED = Decision.deny(ReasonCode.NOT_AUTHORIZED, "");

    private final Client client;
    private PermissionCheck permissions;
    private final HookChains hooks;
    private final Loop loop;
    private @Nullable Answers @Nullable [] answers; // made for who is asked about

    /** The answers about one topic that are remembered. */
    private static final class Answers {

        private final Topic topic;
        private final AnswerMemory memory;
        private int allowed; // a bit for each QoS and retain flag
        private int denied;
        private long allowedNanos; // when the first of them was given
        private long deniedNanos;
        private Decision deny = NOT_PERMITTED; // the last

        Answers(Topic topic, AnswerMemory memory) {
            this.topic = topic;
            this.memory = memory;
        }

        boolean allow(int bit, long nowNanos) {
            return (allowed & bit) != 0 && nowNanos - allowedNanos < memory.allowNanos();
        }

        boolean deny(int bit, long nowNanos) {
            return (denied & bit) != 0 && nowNanos - deniedNanos < memory.denyNanos();
        }

        void add(Decision decision, int bit, long nowNanos) {
            if (decision instanceof Decision.Deny) {
                boolean first = denied == 0 || nowNanos - deniedNanos >= memory.denyNanos();
                denied = first ? bit : denied | bit;
                deniedNanos = first ? nowNanos : deniedNanos;
                deny = decision;
                allowed &= ~bit;
            } else {
                boolean first = allowed == 0 || nowNanos - allowedNanos >= memory.allowNanos();
                allowed = first ? bit : allowed | bit;
                allowedNanos = first ? nowNanos : allowedNanos;
                denied &= ~bit;
            }
        }
    }

    Rights(Client client, PermissionCheck permissions, HookChains hooks, Loop loop) {
        this.client = client;
        this.permissions = permissions;
        this.hooks = hooks;
        this.loop = loop;
    }

    @Override
    public Client client() {
        return client;
    }

    /** Other permissions hold from now on: the client has authenticated again. */
    void replace(PermissionCheck fresh) {
        permissions = fresh;
        answers = null;
    }

    /** {@return whether there is nothing to ask about} */
    boolean coverEverything() {
        return permissions.allowsEverything() && !hooks.authorizes();
    }

    /** {@return whether a publish is known to be allowed, without asking} */
    boolean remember(Topic topic, int qos, boolean retain) {
        Answers known = known(topic);
        return known != null && known.allow(bit(qos, retain), loop.nowNanos());
    }

    private @Nullable Answers known(Topic topic) {
        Answers known = answers == null ? null : answers[place(topic)];
        return known != null && known.topic == topic && known.memory == hooks.answerMemory() ? known : null;
    }

    /**
     * Asks whether a client may publish; the answer, an allow or a deny, comes before the return, or later on the loop.
     */
    void askPublish(Topic topic, int qos, boolean retain, Consumer<? super Decision> answer) {
        int bit = bit(qos, retain);
        Answers known = known(topic);
        if (known != null && known.deny(bit, loop.nowNanos())) {
            answer.accept(known.deny);
            return;
        }
        PermissionCheck asked = permissions;
        AnswerMemory memory = hooks.answerMemory();
        ask(new Operation(Action.PUBLISH, topic.text(), Qos.of(qos), retain), decision -> {
            if (asked == permissions && decision != NOT_PERMITTED) {
                remember(topic, memory, decision, bit);
            }
            answer.accept(decision);
        });
    }

    private void remember(Topic topic, AnswerMemory memory, Decision decision, int bit) {
        long nanos = decision instanceof Decision.Deny ? memory.denyNanos() : memory.allowNanos();
        if (nanos == 0) {
            return;
        }
        if (answers == null) {
            answers = new Answers[REMEMBERED];
        }
        int place = place(topic);
        Answers known = answers[place];
        if (known == null || known.topic != topic || known.memory != memory) {
            known = new Answers(topic, memory);
            answers[place] = known;
        }
        loop.tick(); // the answer may have come in a turn of its own
        known.add(decision, bit, loop.nowNanos());
    }

    /**
     * Asks whether a client may do something; the answer, an allow or a deny, comes before the return, or later on the
     * loop.
     */
    void ask(Operation operation, Consumer<? super Decision> answer) {
        ask(operation, loop, answer);
    }

    @Override
    public void ask(Operation operation, Loop asking, Consumer<? super Decision> answer) {
        if (!permissions.allows(operation.action(), operation.topic(), operation.qos(), operation.retain())) {
            answer.accept(NOT_PERMITTED);
        } else {
            hooks.authorize(client, operation, asking, answer);
        }
    }

    private static int place(Topic topic) {
        return System.identityHashCode(topic) & REMEMBERED - 1;
    }

    private static int bit(int qos, boolean retain) {
        return 1 << (qos * 2 + (retain ? 1 : 0));
    }
}
