// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.skep.broker.config.ListenerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS side of a listener. New handshakes use the files as they are now: at most once a second a handshake looks
 * whether they changed, and if so reads them; what cannot be read is told to the operator, and the former certificate
 * stays. Thread-safe.
 */
final class TlsContext {

    private static final Logger log = LoggerFactory.getLogger(TlsContext.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What the files looked like when they were read, also when that failed: a failure is told once. */
    private record Loaded(List<Stamp> stamps, SslContext context) {}

    private record Stamp(FileTime modified, long size) {}

    private final String listener;
    private final TlsFiles files;
    private final AtomicLong nextLookNanos;
    private volatile Loaded loaded;

    TlsContext(ListenerConfig config) throws IOException {
        this.listener = config.name();
        this.files = new TlsFiles(config);
        this.nextLookNanos = new AtomicLong(System.nanoTime() + LOOK_NANOS);
        this.loaded = new Loaded(stamps(files), files.read());
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        reloadIfChanged();
        SslHandler handler = loaded.context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(0); // no timer per connection: OpeningTimeouts bounds it
        return handler;
    }

    private void reloadIfChanged() {
        long now = System.nanoTime();
        long due = nextLookNanos.get();
        if (now - due < 0 || !nextLookNanos.compareAndSet(due, now + LOOK_NANOS)) {
            return;
        }
        List<Stamp> stamps = stamps(files);
        if (stamps.equals(loaded.stamps)) {
            return;
        }
        try {
            loaded = new Loaded(stamps, files.read());
            log.info("listener {}: new certificate in use", listener);
        } catch (IOException e) {
            loaded = new Loaded(stamps, loaded.context);
            log.warn("listener {}: the former certificate stays in use: {}", listener, e.getMessage());
        }
    }

    private static List<Stamp> stamps(TlsFiles files) {
        List<Stamp> stamps = new ArrayList<>();
        for (Path path : files.paths()) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                stamps.add(new Stamp(attributes.lastModifiedTime(), attributes.size()));
            } catch (IOException e) {
                stamps.add(new Stamp(FileTime.fromMillis(0), -1)); // reading it will say what is wrong
            }
        }
        return stamps;
    }
}
