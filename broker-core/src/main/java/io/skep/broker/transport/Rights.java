// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.routing.Topic;
import io.skep.broker.security.PermissionCheck;
import io.skep.sdk.Client;
import io.skep.sdk.Qos;
import io.skep.sdk.auth.Action;
import io.skep.sdk.auth.Decision;
import io.skep.sdk.auth.Operation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a connected client may do: the permissions of its login, then the authorizers. Positive answers for publishing
 * are remembered by topic, so that who repeats itself is asked about once.
 */
final class Rights {

    private static final int REMEMBERED = 8;

    private final Client client;
    private PermissionCheck permissions;
    private final HookChains hooks;
    private final Loop loop;
    private @Nullable Memory memory;

    /** What was allowed, by topic: a bit for each QoS and retain flag. */
    private static final class Memory {
        private final @Nullable Topic[] topics = new Topic[REMEMBERED];
        private final byte[] allowed = new byte[REMEMBERED];

        boolean has(Topic topic, int bit) {
            int place = place(topic);
            return topics[place] == topic && (allowed[place] & bit) != 0;
        }

        void add(Topic topic, int bit) {
            int place = place(topic);
            allowed[place] = (byte) (bit | (topics[place] == topic ? allowed[place] : 0));
            topics[place] = topic;
        }

        private static int place(Topic topic) {
            return System.identityHashCode(topic) & REMEMBERED - 1;
        }
    }

    Rights(Client client, PermissionCheck permissions, HookChains hooks, Loop loop) {
        this.client = client;
        this.permissions = permissions;
        this.hooks = hooks;
        this.loop = loop;
    }

    /** Other permissions hold from now on: the client has authenticated again. */
    void replace(PermissionCheck fresh) {
        permissions = fresh;
        memory = null;
    }

    /** {@return whether there is nothing to ask about} */
    boolean coverEverything() {
        return permissions.allowsEverything() && !hooks.authorizes();
    }

    /** {@return whether a publish is known to be allowed, without asking} */
    boolean remember(Topic topic, int qos, boolean retain) {
        return memory != null && memory.has(topic, bit(qos, retain));
    }

    /**
     * Asks whether a client may publish; the answer, an allow or a deny, comes before the return, or later on the loop.
     */
    void askPublish(Topic topic, int qos, boolean retain, Consumer<? super Decision> answer) {
        PermissionCheck asked = permissions;
        ask(new Operation(Action.PUBLISH, topic.text(), Qos.of(qos), retain), decision -> {
            if (decision instanceof Decision.Allow && asked == permissions) {
                remember(topic, bit(qos, retain));
            }
            answer.accept(decision);
        });
    }

    /**
     * Asks whether a client may do something; the answer, an allow or a deny, comes before the return, or later on the
     * loop.
     */
    void ask(Operation operation, Consumer<? super Decision> answer) {
        if (!permissions.allows(operation.action(), operation.topic(), operation.qos(), operation.retain())) {
            answer.accept(Decision.deny());
        } else {
            hooks.authorize(client, operation, loop, answer);
        }
    }

    private void remember(Topic topic, int bit) {
        if (memory == null) {
            memory = new Memory();
        }
        memory.add(topic, bit);
    }

    private static int bit(int qos, boolean retain) {
        return 1 << (qos * 2 + (retain ? 1 : 0));
    }
}
