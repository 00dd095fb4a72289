// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.conformance.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that happened in an episode, and the model that has followed it. What comes may be several things that look
 * alike: the model takes it for one of them, and when something later does not fit, all is read again with another
 * choice. Only what fits no reading is a difference.
 */
final class Story {

    private static final int READINGS_MAX = 1_000;

    private final String prefix;
    private final Set<Inversion> inverted;
    private final List<Event> events = new ArrayList<>();
    private final Scene.Wires wires;
    private Scene scene;

    Story(String prefix, Set<Inversion> inverted, Scene.Wires wires) {
        this.prefix = prefix;
        this.inverted = inverted;
        this.wires = wires;
        scene = new Scene(new Model(inverted, Choices.likeliest()), prefix, wires);
    }

    /** {@return the scene as it is now} */
    Scene scene() {
        return scene;
    }

    /** A client does something, or all have rested. */
    void goesOn(Event event) {
        events.add(event);
        event.play(scene);
    }

    /** The broker has done something. */
    void comes(Event event) {
        events.add(event);
        try {
            event.play(scene);
        } catch (Difference e) {
            if (!isReadAgain(false)) {
                throw e;
            }
        }
    }

    /** {@return whether something has to come that has not} */
    boolean isMissing() {
        return scene.model().missing() != null;
    }

    /** {@return whether there is a reading in which nothing is missing now, and goes on with it} */
    boolean isReadOtherwise() {
        return isReadAgain(true);
    }

    /** Ends a step: nothing may be missing any more. */
    void endStep() {
        String missing = scene.model().missing();
        if (missing != null && !isReadAgain(true)) {
            throw new Difference(missing);
        }
        goesOn(new Event.Rest());
    }

    /**
     * Looks for a reading that all fits, and goes on with it. What comes a step late is not looked at: it was waited
     * for in the reading that was followed then.
     *
     * @param complete whether nothing may be missing now
     */
    private boolean isReadAgain(boolean complete) {
        Choices choices = Choices.likeliest();
        for (int readings = 0; choices != null && readings < READINGS_MAX; readings++) {
            Scene again = new Scene(new Model(inverted, choices), prefix, Scene.NONE);
            if (fits(again) && !(complete && again.model().missing() != null)) {
                scene = new Scene(again.model(), prefix, wires);
                return true;
            }
            choices = choices.next();
        }
        return false;
    }

    private boolean fits(Scene again) {
        try {
            events.forEach(event -> event.play(again));
            return true;
        } catch (Difference e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return events.stream()
                .filter(event -> !(event instanceof Event.Rest))
                .map(event -> "  " + event)
                .collect(Collectors.joining("\n"));
    }
}
