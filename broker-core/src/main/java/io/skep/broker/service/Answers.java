// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread that tells an extension what came of its calls, one after the other. There is one only while there is
 * something to tell. It is apart from the extension's other threads, all of which may wait for an answer.
 */
final class Answers implements Executor, AutoCloseable {

    private static final int IDLE_SECONDS_MAX = 10;

    private final ThreadPoolExecutor thread;

    Answers(String name, ClassLoader classes) {
        thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS_MAX, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            created.setContextClassLoader(classes);
            return created;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
