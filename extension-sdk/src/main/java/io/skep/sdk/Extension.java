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
     * in later, while clients are served); the hooks take effect when this method has returned. One that takes longer
     * than {@code extensions.start-timeout}, 30 seconds if nothing else is configured, is interrupted and has failed.
     *
     * @param context what the broker offers this extension; usable until {@link #stop} returns
     * @throws Exception if the extension cannot work; the broker logs it and goes on without the extension. Of an
     *     {@link IllegalArgumentException} it logs the message alone: that is for who configured the extension
     */
    void start(ExtensionContext context) throws Exception;

    /**
     * Gives back what {@link #start} took. Runs on a thread of the extension, after the last call of any hook has
     * returned; not at all if {@link #start} failed. After three seconds it is interrupted and not waited for.
     *
     * @throws Exception is logged; the extension ends all the same
     */
    default void stop() throws Exception {}
}
