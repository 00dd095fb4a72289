// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.acceptance;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/** A subscriber of a Java library, whose callback adds to the queue. */
record QueueSubscriber(BlockingQueue<Message> received, Runnable disconnecting) implements Subscriber {

    QueueSubscriber(Runnable disconnecting) {
        this(new LinkedBlockingQueue<>(), disconnecting);
    }

    @Override
    public Message next() throws InterruptedException {
        Message message = received.poll(Program.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionFailedError("message: none in time");
        }
        return message;
    }

    @Override
    public void close() {
        disconnecting.run();
    }
}
