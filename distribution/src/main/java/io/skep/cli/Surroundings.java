// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param home the folder of the distribution
 * @param environment variables
 * @param in what is piped in
 * @param out for results
 * @param err for what is wrong
 * @param log wakes the log backend, if it has to
 */
record Surroundings(
        Path home, Map<String, String> environment, InputStream in, PrintWriter out, PrintWriter err, Thread log) {}
