// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.loop;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop: one thread that owns connections and sessions, and a turn of which handles all packets that have
 * arrived, then does once what is better done for all of them together: one write per connection, one hand-over to the
 * journal.
 */
public final class Loop implements Executor {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private final int index;
    private final EventLoop eventLoop;
    private ArrayList<Runnable> atTurnEnd = new ArrayList<>();
    private ArrayList<Runnable> spare = new ArrayList<>();
    private final Runnable endTurn = this::endTurn;
    private final Deadlines deadlines = new Deadlines(this);
    private final List<Runnable> everySecond = new ArrayList<>();
    private @Nullable Future<?> sweeping;
    private long nowNanos = System.nanoTime();
    private @Nullable Thread thread; // written before the guest, and read after it
    private long visit;
    private volatile @Nullable Object guest;

    public Loop(int index, EventLoop eventLoop) {
        this.index = index;
        this.eventLoop = eventLoop;
    }

    /** {@return the place of this loop among all, from 0} */
    public int index() {
        return index;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    /**
     * Runs a task on this loop, in the order of the calls of one thread; not any more when the loop has ended, for then
     * the broker has stopped and nobody waits. Any thread.
     */
    @Override
    public void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            if (!eventLoop.isShuttingDown()) {
                throw e;
            }
        }
    }

    /** Runs a step when the packets of this turn are handled; each call adds one run. Only on this loop. */
    public void atTurnEnd(Runnable step) {
        if (atTurnEnd.isEmpty()) {
            eventLoop.execute(endTurn);
        }
        atTurnEnd.add(step);
    }

    /**
     * Runs a step once a second for as long as the loop lives. Whatever has deadlines (keep alive, time-outs) keeps
     * them in a structure of its own and looks at it here, so that no connection costs a timer. Any thread.
     */
    public void everySecond(Runnable step) {
        if (inLoop()) {
            addSweepStep(step);
        } else {
            eventLoop.execute(() -> addSweepStep(step));
        }
    }

    /** Runs a step in a second, unless the loop has ended by then. On this loop. */
    public void inASecond(Runnable step) {
        if (!eventLoop.isShuttingDown()) {
            eventLoop.schedule(step, 1, TimeUnit.SECONDS);
        }
    }

    /** {@return what ends after a while on this loop} */
    public Deadlines deadlines() {
        return deadlines;
    }

    /** {@return {@link System#nanoTime} as of this turn} */
    public long nowNanos() {
        return nowNanos;
    }

    /** Reads the clock; called when a turn begins to handle a connection, and by the sweep. */
    public void tick() {
        nowNanos = System.nanoTime();
    }

    /**
     * Says that somebody else's code is about to run here, so that it can be named if it does not end. On this loop.
     *
     * @return what to give back to {@link #leave}
     */
    public @Nullable Object enter(Object visitor) {
        Object outer = guest;
        thread = Thread.currentThread();
        visit++;
        guest = visitor;
        return outer;
    }

    /** Says that it has ended. On this loop. */
    public void leave(@Nullable Object outer) {
        guest = outer;
    }

    /** {@return whose code runs here now, null if it is the broker's own. Any thread} */
    public @Nullable Object guest() {
        return guest;
    }

    /** {@return the number of that visit, from 1. Any thread, after {@link #guest}} */
    public long visit() {
        return visit;
    }

    /** {@return the thread of that visit. Any thread, after {@link #guest}} */
    public @Nullable Thread thread() {
        return thread;
    }

    private void endTurn() {
        ArrayList<Runnable> steps = atTurnEnd;
        atTurnEnd = spare;
        runAll(steps, "at the end of a turn");
        steps.clear();
        spare = steps;
    }

    private void addSweepStep(Runnable step) {
        if (sweeping == null) {
            sweeping = eventLoop.scheduleWithFixedDelay(
                    this::sweep, 1, 1, TimeUnit.SECONDS); // Netty cancels it with the loop
        }
        everySecond.add(step);
    }

    private void sweep() {
        tick();
        runAll(everySecond, "of the sweep");
    }

    private static void runAll(List<Runnable> steps, String when) {
        for (int i = 0; i < steps.size(); i++) {
            try {
                steps.get(i).run();
            } catch (RuntimeException e) {
                log.error("a step {} failed", when, e); // one connection's failure must not stop the others
            }
        }
    }
}
