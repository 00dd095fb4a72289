// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Makes a list of steps that fails shorter as long as it fails: whole parts first, then smaller ones. */
final class Shrinker {

    private final Predicate<List<Step>> fails;
    private final long deadlineNanos;

    /**
     * Begins.
     *
     * @param seconds how long lists are tried
     */
    Shrinker(Predicate<List<Step>> fails, int seconds) {
        this.fails = fails;
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** {@return the shortest list found; what it was given, if that does not fail again} */
    List<Step> shrink(List<Step> steps) {
        List<Step> shortest = steps;
        int part = (steps.size() + 1) / 2;
        while (part > 0 && isTime()) {
            List<Step> shorter = without(shortest, part);
            boolean progress = shorter.size() < shortest.size();
            shortest = shorter;
            part = part == 1 ? (progress ? 1 : 0) : (part + 1) / 2;
        }
        return shortest;
    }

    private boolean isTime() {
        return System.nanoTime() - deadlineNanos < 0;
    }

    /** Leaves out each part of so many steps that is not needed, from the end, where it fails. */
    private List<Step> without(List<Step> steps, int part) {
        List<Step> left = steps;
        for (int end = left.size(); end > 0 && isTime(); end -= part) {
            List<Step> candidate = new ArrayList<>(left.subList(0, Math.max(0, end - part)));
            candidate.addAll(left.subList(end, left.size()));
            if (fails.test(candidate)) {
                left = candidate;
            }
        }
        return left;
    }
}
