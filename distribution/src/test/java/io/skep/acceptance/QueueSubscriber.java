// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A subscriber of a Java library, whose callback adds to the queue. */
record QueueSubscriber(BlockingQueue<Message> received, Runnable disconnecting) implements Subscriber {

    QueueSubscriber(Runnable disconnecting) {
        this(new LinkedBlockingQueue<>(), disconnecting);
    }

    @Override
    public Message next() throws InterruptedException {
        return Arrivals.next(received);
    }

    @Override
    public void close() {
        disconnecting.run();
    }
}
