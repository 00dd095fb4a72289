// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.session;

import io.skep.broker.codec.PublishFrame;
import io.skep.broker.config.MqttConfig;
import io.skep.broker.hook.HookChains;
import io.skep.broker.loop.Loop;
import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.routing.TopicLimits;
import io.skep.broker.routing.TopicMemory;
import io.skep.broker.storage.Journal;
import io.skep.broker.storage.Write;
import java.util.ArrayList;
import java.util.List;

/** What the sessions and connections of one loop share. Touched on that loop only, but for {@link #submit}. */
public final class Lane implements Receipt.Publisher {

    private final Loop loop;
    private final Journal journal;
    private final HookChains hooks;
    private final TopicMemory topics;
    private final PublishFrame frame = new PublishFrame();
    private final Publication inbound;
    private final Publication mailed;
    private final Publication queued;
    private final Publication retained;
    private final Grace grace;
    private final Publication given;
    private final Publication changed;
    private final Runnable handOver = this::handOver;
    private ArrayList<Write> writes = new ArrayList<>();
    private long handOvers;

    public Lane(Loop loop, Journal journal, MqttConfig mqtt, HookChains hooks) {
        this.loop = loop;
        this.journal = journal;
        this.hooks = hooks;
        topics = new TopicMemory(TopicLimits.of(mqtt));
        grace = new Grace(loop, receipt -> submit((Write) receipt));
        inbound = new Publication(loop);
        mailed = new Publication(loop);
        queued = new Publication(loop);
        retained = new Publication(loop);
        given = new Publication(loop);
        changed = new Publication(loop);
    }

    public Loop loop() {
        return loop;
    }

    /** {@return what extensions look at} */
    HookChains hooks() {
        return hooks;
    }

    /** {@return the topics that publishers on this loop use} */
    public TopicMemory topics() {
        return topics;
    }

    /** {@return the one that a connection reads a PUBLISH with} */
    public PublishFrame frame() {
        return frame;
    }

    /** {@return the one for what a connection is publishing} */
    public Publication inbound() {
        return inbound;
    }

    /** {@return the one for what comes from another loop} */
    Publication mailed() {
        return mailed;
    }

    /** {@return the one for what a session takes from its queue} */
    Publication queued() {
        return queued;
    }

    /** {@return the one for retained messages that a subscription asks for} */
    Publication retained() {
        return retained;
    }

    /** {@return whether so much waits for the disk that publishers should not be read} */
    public boolean isJournalFull() {
        return journal.isFull();
    }

    /** {@return the one for what a shared group gives to a member} */
    Publication given() {
        return given;
    }

    /** {@return the one for what an extension made of a message to one client} */
    Publication changed() {
        return changed;
    }

    /** Hands a write to the journal, with all others of this turn. Any thread. */
    public void submit(Write write) {
        if (!loop.inLoop()) {
            journal.submit(write);
            return;
        }
        if (writes.isEmpty()) {
            loop.atTurnEnd(handOver);
        }
        writes.add(write);
    }

    /** {@return whether the storage writes; if not, it is asked to try} */
    public boolean storageWrites() {
        if (journal.failing() != null) {
            journal.attempt();
            return false;
        }
        return true;
    }

    /** {@return what need not be stored yet} */
    Grace grace() {
        return grace;
    }

    @Override
    public void submit(Receipt receipt) {
        if (receipt.mayWait()) {
            grace.add(receipt);
        } else {
            submit((Write) receipt);
        }
    }

    /** What the broker itself stores, nobody else would send again. */
    @Override
    public boolean triesAgain(Receipt receipt) {
        loop.inASecond(() -> submit((Write) receipt));
        return true;
    }

    /** Nobody waits for what the broker itself stores. */
    @Override
    public void settled(Receipt receipt) {}

    /** Frees its buffers, when the loop has ended. */
    void release() {
        List.of(inbound, mailed, queued, retained, given, changed).forEach(Publication::release);
    }

    /** {@return how often writes were handed over: one that was submitted since then may still be added to} */
    long handOvers() {
        return handOvers;
    }

    private void handOver() {
        handOvers++;
        journal.submitAll(writes);
        writes = new ArrayList<>();
    }
}
