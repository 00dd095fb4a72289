// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reading of what came: where it may be several things that look alike, the model asks here which it is. When that
 * turns out to be wrong, the next reading differs in the last choice that can be made in another way.
 */
final class Choices {

    private record Choice(int taken, int options) {}

    private final List<Integer> script;
    private final List<Choice> made = new ArrayList<>();

    private Choices(List<Integer> script) {
        this.script = script;
    }

    /** {@return the first reading: the likeliest of each choice} */
    static Choices likeliest() {
        return new Choices(List.of());
    }

    /** {@return which of so many options is taken, from 0} */
    int among(int options) {
        if (options == 1) {
            return 0;
        }
        int taken = made.size() < script.size() ? script.get(made.size()) : 0;
        made.add(new Choice(taken, options));
        return taken;
    }

    /** {@return the next reading that differs in one of the choices made so far, null if there is none} */
    @Nullable Choices next() {
        for (int last = made.size() - 1; last >= 0; last--) {
            Choice choice = made.get(last);
            if (choice.taken + 1 < choice.options) {
                List<Integer> other = new ArrayList<>();
                made.subList(0, last).forEach(kept -> other.add(kept.taken));
                other.add(choice.taken + 1);
                return new Choices(other);
            }
        }
        return null;
    }
}
