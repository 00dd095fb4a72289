// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.benchmarks.logins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** How long a JVM has stood still to collect garbage, as its log says. */
final class GcPauses {

    private static final Pattern PAUSE = Pattern.compile("Pause .* (\\d+\\.\\d+)ms");

    private final Path log;
    private long seen;

    GcPauses(Path log) {
        this.log = log;
    }

    /** {@return what makes a JVM write that log} */
    String option() {
        return "-Xlog:gc:file=" + log;
    }

    /** {@return the pauses since the last call, in milliseconds} */
    DoubleSummaryStatistics take() throws IOException {
        double[] all = PAUSE.matcher(Files.readString(log))
                .results()
                .mapToDouble(GcPauses::millis)
                .toArray();
        DoubleSummaryStatistics fresh = new DoubleSummaryStatistics();
        for (; seen < all.length; seen++) {
            fresh.accept(all[(int) seen]);
        }
        return fresh;
    }

    private static double millis(MatchResult pause) {
        return Double.parseDouble(pause.group(1));
    }
}
