// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk;

/**
 * The one class of an extension. Its JAR names it in the manifest as {@code Plugin-Class}, beside {@code Plugin-Id} and
 * {@code Plugin-Version}; it needs a public constructor without parameters.
 */
@FunctionalInterface
public interface Extension {

    /**
     * Registers hooks. Runs on a thread of the extension, before the first client of the broker (or, for a JAR dropped
     * in later, while clients are served); the hooks take effect when this method has returned.
     *
     * @param context what the broker offers this extension; usable until {@link #stop} returns
     * @throws Exception if the extension cannot work; the broker logs it and goes on without the extension. Of an
     *     {@link IllegalArgumentException} it logs the message alone: that is for who configured the extension
     */
    void start(ExtensionContext context) throws Exception;

    /**
     * Gives back what {@link #start} took. Runs after the last call of any hook has returned.
     *
     * @throws Exception is logged
     */
    default void stop() throws Exception {}
}
