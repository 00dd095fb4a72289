// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.extension;

/**
 * What became of one file or folder of the extensions folder.
 *
 * @param file its name
 * @param id of the extension; the name of the file if that could not be read
 * @param version of the extension; empty if that could not be read
 * @param state whether it runs
 * @param failure why it does not; empty if it does
 */
public record LoadedExtension(String file, String id, String version, State state, String failure) {

    /** Whether an extension runs. */
    public enum State {
        /** It runs. */
        STARTED,
        /** It cannot run. */
        FAILED,
        /** It may not run: the configuration says so. */
        DISABLED
    }
}
