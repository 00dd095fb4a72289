// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.sdk.storage;

/** What a commit survives. */
public enum Durability {
    /** A power cut: a commit is on disk before it calls back. */
    FSYNC,
    /** A killed process: a commit is with the operating system before it calls back. */
    OS,
    /** A clean stop: commits are on disk some time later, and a killed process finds an earlier state. */
    NONE
}
