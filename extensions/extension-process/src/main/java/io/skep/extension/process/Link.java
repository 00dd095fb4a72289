// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the program with its one stream, from the attempt to connect to its end; the next one is another
 * link.
 *
 * <p>Calls come from any thread and wait in {@link Calls}. One thread at a time sends: while the stream takes messages,
 * what waits goes out as one message, so batches grow as the program gets slower, and nobody waits for a timer. The
 * threads of gRPC bring answers and complete calls, which costs them no more than a task for a loop of the broker.
 */
final class Link {

    private static final int BATCH_BYTES = 64 << 10;

    /** Learns what becomes of a link. */
    interface Owner {

        /** The program has said hello; calls may come. */
        void opened(Link link, Wire.ProgramHello hello);

        /** It is over, once and for all. */
        void closed(Link link, String why);

        /** An answer came that no call waits for. */
        void strayAnswer();
    }

    private final ManagedChannel channel;
    private final ClientCall<Wire.FromBroker, Wire.FromProgram> stream;
    private final Calls calls;
    private final EventFeed events;
    private final Executor executor;
    private final Duration silenceMax;
    private final Owner owner;
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean open;
    private volatile long heardNanos = System.nanoTime();
    private @Nullable Long unansweredSince; // used by sweep alone

    Link(ManagedChannel channel, Calls calls, EventFeed events, Executor executor, Duration silenceMax, Owner owner) {
        this.channel = channel;
        this.stream = channel.newCall(Marshaller.HOOKS, CallOptions.DEFAULT);
        this.calls = calls;
        this.events = events;
        this.executor = executor;
        this.silenceMax = silenceMax;
        this.owner = owner;
    }

    /** Connects, and says hello. */
    void start(Wire.BrokerHello hello) {
        stream.start(new Ears(), new Metadata());
        stream.request(1);
        send(Wire.FromBroker.newBuilder().setHello(hello).build());
    }

    /** {@return false if it has been closed by another thread, perhaps in this moment} */
    private boolean send(Wire.FromBroker message) {
        try {
            stream.sendMessage(message);
            return true;
        } catch (IllegalStateException e) {
            close("stream: closed while it was sent to");
            return false;
        }
    }

    /** {@return the answer of the program; fails when the link does} */
    CompletableFuture<Wire.Answer> ask(Wire.Call.Builder call) {
        CompletableFuture<Wire.Answer> answer = calls.add(call);
        wake();
        return answer;
    }

    /** Sends what waits. */
    void wake() {
        if (open && wakeUps.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        int seen;
        do {
            seen = wakeUps.get();
            while (!closed.get() && stream.isReady() && sendBatch()) {
                // another one
            }
        } while (wakeUps.addAndGet(-seen) != 0);
    }

    private boolean sendBatch() {
        Wire.FromBroker.Builder batch = Wire.FromBroker.newBuilder();
        int bytes = calls.take(batch, BATCH_BYTES);
        for (Wire.Event event = events.peek(); event != null && bytes < BATCH_BYTES; event = events.peek()) {
            batch.addEvents(event);
            bytes += event.getSerializedSize();
            events.remove();
        }
        if (bytes == 0) {
            return false;
        }
        if (batch.getEventsCount() > 0) {
            batch.setEventsLost(events.takeLost());
        }
        return send(batch.build());
    }

    /** Forgets what is too late, and ends if nothing has been heard for long although it was asked. Now and then. */
    void sweep() {
        Long oldest = calls.sweep();
        long now = System.nanoTime();
        if (oldest != null && oldest - heardNanos > 0) {
            unansweredSince = unansweredSince == null ? oldest : unansweredSince;
            if (now - unansweredSince > silenceMax.toNanos()) {
                close("program: silent (expected: answers)");
            }
        } else if (unansweredSince != null && heardNanos - unansweredSince > 0) {
            unansweredSince = null;
        }
    }

    /** Ends it; every call that is not answered fails. */
    void close(String why) {
        if (closed.compareAndSet(false, true)) {
            open = false;
            stream.cancel(why, null);
            channel.shutdownNow();
            calls.close("program: " + why);
            owner.closed(this, why);
        }
    }

    /** Waits a moment until its threads have nothing more to do. */
    void awaitEnd() throws InterruptedException {
        channel.awaitTermination(1, TimeUnit.SECONDS);
    }

    boolean isOpen() {
        return open;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** What comes from the program; one call at a time. */
    private final class Ears extends ClientCall.Listener<Wire.FromProgram> {

        @Override
        public void onMessage(Wire.FromProgram message) {
            heardNanos = System.nanoTime();
            if (message.hasHello() == open) {
                close(open ? "hello: a second one (expected: none)" : "message: no hello (expected: a hello first)");
                return;
            }
            if (message.hasHello() && !accept(message.getHello())) {
                return;
            }
            for (Wire.Answer answer : message.getAnswersList()) {
                if (!calls.answer(answer)) {
                    owner.strayAnswer();
                }
            }
            stream.request(1);
        }

        private boolean accept(Wire.ProgramHello hello) {
            try {
                owner.opened(Link.this, hello);
                open = true;
                wake(); // calls and events may have come before
                return true;
            } catch (IllegalArgumentException e) {
                close(String.valueOf(e.getMessage()));
                return false;
            }
        }

        @Override
        public void onReady() {
            wake();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            close(
                    status.isOk()
                            ? "stream: ended by the program"
                            : status.getCode() + ": " + status.getDescription()
                                    + (cause == null ? "" : ": " + cause.getMessage()));
        }
    }
}
