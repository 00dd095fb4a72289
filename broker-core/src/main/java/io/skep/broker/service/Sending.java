// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.service;

import io.skep.broker.routing.Publication;
import io.skep.broker.routing.Receipt;
import io.skep.broker.session.Lane;
import io.skep.sdk.service.Published;
import io.skep.sdk.service.Published.Outcome;
import io.skep.sdk.storage.StorageException;
import java.util.concurrent.CompletableFuture;

/** A message of an extension on its way: answers when it is as safe as one that is acknowledged. Lives on its lane. */
final class Sending implements Receipt.Publisher {

    private final Lane lane;
    private final CompletableFuture<Published> result;
    private int recipients;

    Sending(Lane lane, CompletableFuture<Published> result) {
        this.lane = lane;
        this.result = result;
    }

    /** All recipients have been told. */
    void routed(Publication publication, int count) {
        recipients = count;
        Receipt receipt = publication.receiptIfAny();
        publication.end();
        if (receipt == null) {
            end(Outcome.DELIVERED);
        } else {
            receipt.routed();
        }
    }

    void end(Outcome outcome) {
        result.complete(new Published(outcome, recipients));
    }

    @Override
    public void submit(Receipt receipt) {
        lane.submit(receipt);
    }

    @Override
    public void settled(Receipt receipt) {
        StorageException failure = receipt.failure();
        if (failure != null) {
            result.completeExceptionally(failure);
        } else {
            end(receipt.isRefused() ? Outcome.QUEUE_FULL : Outcome.DELIVERED);
        }
    }

    /** An extension can be told at once. */
    @Override
    public long patienceMillis() {
        return 0;
    }
}
