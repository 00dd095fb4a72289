// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.sdk.service.Listing;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A listing: gives out one page at a time. */
abstract class Pages<T> implements Listing<T> {

    private final Calls calls;
    private final AtomicBoolean underWay = new AtomicBoolean();

    Pages(Calls calls) {
        this.calls = calls;
    }

    @Override
    public final CompletionStage<List<T>> next(int most) {
        if (most < 1 || most > PAGE_MAX) {
            throw new IllegalArgumentException("most: " + most + " (expected: 1 to " + PAGE_MAX + ")");
        }
        if (!underWay.compareAndSet(false, true)) {
            throw new IllegalStateException("next: called too early (expected: when the page before has come)");
        }
        return calls.ask(core -> page(core, most), () -> underWay.set(false));
    }

    /** {@return the next page; empty at the end} */
    abstract CompletableFuture<List<T>> page(Core core, int most);

    /** A listing of what is found at the first page. */
    static <S, T> Pages<T> ofAll(Calls calls, Function<Core, CompletableFuture<List<S>>> source, Function<S, T> view) {
        return new Pages<>(calls) {

            private @Nullable Iterator<S> left;

            @Override
            CompletableFuture<List<T>> page(Core core, int most) {
                Iterator<S> known = left;
                if (known != null) {
                    return CompletableFuture.completedFuture(take(known, most));
                }
                return source.apply(core).thenApply(all -> {
                    Iterator<S> found = all.iterator();
                    left = found;
                    return take(found, most);
                });
            }

            private List<T> take(Iterator<S> from, int most) {
                List<T> page = new ArrayList<>();
                while (from.hasNext() && page.size() < most) {
                    page.add(view.apply(from.next()));
                }
                return page;
            }
        };
    }
}
