// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client with a session that outlives its connections, of which it uses up many: some end with a reset, some by being
 * taken over, some are followed by a while without any. As connections are dealt out to the loops in turn, its session
 * moves from loop to loop. Runs on a thread of its own.
 */
abstract class MovingClient implements Runnable {

    private static final int SILENCE_MAX_MILLIS = 2_000;
    private static final long ABSENCE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    final Random random;
    private final int port;
    private final String clientId;
    private int moves;
    private int packetsLeft; // until the next move

    MovingClient(int port, String clientId, long seed) {
        this.port = port;
        this.clientId = clientId;
        random = new Random(seed);
    }

    /** {@return whether all is done} */
    abstract boolean isDone();

    /** {@return whether it still moves} */
    abstract boolean isMoving();

    /** Begins on a new connection, whose CONNACK has come. */
    abstract void connected(RawClient connection) throws IOException;

    /** Reads and answers, or sends, some packets. */
    abstract void proceed(RawClient connection) throws IOException;

    int moves() {
        return moves;
    }

    @Override
    public void run() {
        RawClient former = null;
        while (!isDone()) {
            try {
                former = live(former);
            } catch (IOException e) {
                // reset, taken over or silent: the next connection goes on where this one was
            }
            moves++;
        }
        if (former != null) {
            former.close();
        }
    }

    /** Lives on one connection; returns it if the next one is to take it over. */
    private @Nullable RawClient live(@Nullable RawClient former) throws IOException {
        RawClient connection = RawClient.open(port);
        try {
            connection.socket().setSoTimeout(SILENCE_MAX_MILLIS);
            connection.send(Packets.connect(clientId, false, 0));
            connection.expect(Packets.CONNACK);
            connected(connection);
            packetsLeft = 20 + random.nextInt(200);
            while (!isDone() && (packetsLeft > 0 || !isMoving())) {
                packetsLeft--;
                proceed(connection);
            }
            if (random.nextBoolean()) {
                return connection;
            }
            connection.socket().setSoLinger(true, 0);
            connection.close();
            LockSupport.parkNanos(random.nextInt(4) == 0 ? (long) (random.nextDouble() * ABSENCE_MAX_NANOS) : 0);
            return null;
        } catch (IOException e) {
            connection.close();
            throw e;
        } finally {
            if (former != null) {
                former.close();
            }
        }
    }
}
