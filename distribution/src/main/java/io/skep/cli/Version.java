// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import picocli.CommandLine.Command;

/** Says which Skep this is, and on which Java it runs. */
@Command(name = "version", description = "Show the version of Skep and of Java.")
final class Version implements Runnable {

    private final Surroundings surroundings;

    Version(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        String version = Version.class.getPackage().getImplementationVersion();
        surroundings.out().println("skep " + (version == null ? "from source" : version));
        surroundings.out().println("java " + Runtime.version() + " in " + System.getProperty("java.home"));
    }
}
