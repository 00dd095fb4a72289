// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One message for a shared group: the broker chooses who gets it, and the model learns it when somebody does. Until then
 * each member that may have it holds a candidate. A candidate that could be delivered and is not, several steps long, is
 * none; what remains when there is only one has to come.
 */
final class Choice {

    /** Steps after which a candidate is struck out: the broker tells different loops at different times. */
    private static final int PATIENCE = 3;

    private final List<Item> candidates = new ArrayList<>();
    private boolean mayVanish;

    void add(Item item) {
        candidates.add(item);
    }

    /** Says that nobody may have got it: a member with QoS 0 that was away, or a member that is no more. */
    void mayVanish() {
        mayVanish = true;
    }

    /** Strikes out all others. */
    void taken(Item item) {
        candidates.forEach(candidate -> candidate.gone = candidate != item);
        candidates.clear();
        mayVanish = true;
    }

    void strike(Item item) {
        item.gone = true;
        candidates.remove(item);
    }

    boolean mayBelongTo(Item item) {
        return candidates.contains(item);
    }

    boolean belongsTo(Item item) {
        return !mayVanish && candidates.size() == 1 && candidates.get(0) == item;
    }

    /** {@return whether somebody has to have it by now} */
    boolean isDue() {
        return !mayVanish && candidates.stream().allMatch(Item::isDeliverable);
    }

    /** Ends a step. */
    void settle() {
        if (candidates.isEmpty() && !mayVanish) {
            throw new Difference("a message for a shared group was sent to no member");
        }
        for (Item item : List.copyOf(candidates)) {
            if (item.isDeliverable() && ++item.steps > PATIENCE) {
                strike(item);
            }
        }
    }

    boolean isOver() {
        return candidates.isEmpty();
    }

    @Override
    public String toString() {
        return "shared among " + candidates.size();
    }
}
