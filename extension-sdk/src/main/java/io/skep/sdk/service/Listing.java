// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.service;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something long, in pages. The listing itself is the cursor: it holds nothing in the broker, and may be dropped at any
 * time. What is there from the first page to the last is listed once; what comes or goes meanwhile may be listed or
 * not. Used by one thread at a time, and asked for the next page when the last one has come. One whose page has failed
 * may leave out what that page had: begin another.
 *
 * @param <T> what is listed
 */
public interface Listing<T> {

    /** The most that a page has. */
    int PAGE_MAX = 1_000;

    /**
     * {@return the next page; an empty one is the end}
     *
     * @param most how long it may be, 1 to {@link #PAGE_MAX}; it may be shorter, if what is listed is large
     * @throws IllegalArgumentException if that is out of range
     * @throws IllegalStateException if the page before has not come yet
     */
    CompletionStage<List<T>> next(int most);

    /**
     * Visits all that is left, page by page.
     *
     * @param visitor called on the thread on which stages complete; if it throws, the stage fails with that
     * @return completes when all was visited
     */
    default CompletionStage<@Nullable Void> forEach(Consumer<? super T> visitor) {
        return next(PAGE_MAX).thenCompose(page -> {
            page.forEach(visitor);
            return page.isEmpty() ? CompletableFuture.completedStage(null) : forEach(visitor);
        });
    }
}
