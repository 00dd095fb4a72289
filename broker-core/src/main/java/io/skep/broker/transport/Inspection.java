// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.skep.broker.codec.MqttException;
import io.skep.broker.codec.PublishFrame;
import io.skep.broker.hook.HookChains;
import io.skep.broker.routing.PublishView;
import io.skep.broker.routing.Topic;
import io.skep.sdk.Client;
import io.skep.sdk.publish.PublishAnswer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection that extensions look at. They look at several side by side, so that who answers later
 * is not asked one at a time; the messages go on in the order in which they came [MQTT-4.6.0-1], and what comes behind
 * them that is no message waits for them all.
 */
final class Inspection {

    private static final int WAITING_MAX = 64;
    private static final int WAITING_BYTES_MAX = 1 << 18;

    private final Connection connection;
    private final Publishing publishing;
    private final HookChains hooks;
    private final Client client;
    private final ArrayDeque<Step> waiting = new ArrayDeque<>(0);
    private int waitingBytes;
    private boolean paused;
    private boolean held;
    private boolean advancing;
    private @Nullable Runnable behind;

    /** One message, from the question to the answer. */
    private final class Step implements Consumer<PublishAnswer> {

        private final Topic topic;
        private final PublishView view;
        private final int qos;
        private final int id;
        private @Nullable PublishAnswer answer;
        private boolean waits;

        Step(Topic topic, PublishFrame frame) {
            this.topic = topic;
            this.view = new PublishView(topic, frame);
            this.qos = frame.qos();
            this.id = frame.packetId();
        }

        @Override
        public void accept(PublishAnswer given) {
            answer = given;
            if (waits) {
                advance();
            }
        }

        int bytes() {
            return view.message().bytes();
        }
    }

    Inspection(Connection connection, Publishing publishing, Client client) {
        this.connection = connection;
        this.publishing = publishing;
        this.client = client;
        hooks = connection.reception().hooks();
    }

    /** Shows a message to the extensions; it goes on when they have answered, at once if nothing is before it. */
    void look(Topic topic, PublishFrame frame) {
        Step step = new Step(topic, frame);
        hooks.intercept(client, step.view, connection.lane().loop(), step);
        PublishAnswer answer = step.answer;
        if (answer != null && !isWaiting()) {
            publishing.intercepted(topic, step.view, answer, step.qos, step.id);
            return;
        }
        step.view.keep(); // when the answer comes, the inbound buffer is gone
        step.waits = true;
        waiting.add(step);
        waitingBytes += step.bytes();
        if (!paused && isFull()) {
            paused = true;
            connection.pause();
        }
    }

    private boolean isFull() {
        return waiting.size() >= WAITING_MAX || waitingBytes > WAITING_BYTES_MAX || !hooks.mayInterceptMore();
    }

    /** {@return whether a message waits, for an answer or for its turn} */
    boolean isWaiting() {
        return held || !waiting.isEmpty();
    }

    /** {@return whether a QoS 2 message with this identifier waits} */
    boolean contains(int id) {
        if (waiting.isEmpty()) {
            return false; // without an iterator
        }
        for (Step step : waiting) {
            if (step.qos == 2 && step.id == id) {
                return true;
            }
        }
        return false;
    }

    /** Does a step when no message waits any more; no packet is read until then. */
    void then(Runnable step) {
        if (isWaiting()) {
            behind = step;
            connection.pause();
        } else {
            step.run();
        }
    }

    /** Says that a message waits for an authorizer, and those behind it for their turn. */
    void hold() {
        held = true;
        connection.pause();
    }

    /** Says that it has gone on. */
    void goOn() {
        held = false;
        connection.resume();
        advance();
    }

    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        for (Step first = waiting.peek(); !held && first != null; first = waiting.peek()) {
            PublishAnswer answer = first.answer;
            if (answer == null) {
                break;
            }
            waiting.remove();
            waitingBytes -= first.bytes();
            publishing.intercepted(first.topic, first.view, answer, first.qos, first.id);
        }
        advancing = false;
        if (paused && !isFull()) {
            paused = false;
            connection.resume();
        }
        Runnable next = behind;
        if (next != null && !isWaiting()) {
            behind = null;
            connection.resume();
            try {
                next.run();
            } catch (MqttException e) {
                connection.close(e.reason(), String.valueOf(e.getMessage()));
            }
        }
    }

    /** The connection ends: what has not gone on is not taken, and new when it comes again. */
    void end() {
        waiting.clear();
        behind = null;
    }
}
