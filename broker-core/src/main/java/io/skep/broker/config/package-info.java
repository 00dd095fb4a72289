// Skep, an MQTT broker. Apache-2.0; see LICENSE.
/**
 * What {@code skep.yaml} says, as records. A key is the component's name with dashes; each record's canonical
 * constructor holds the rules for its values.
 *
 * <p>Starting points: {@link io.skep.broker.config.SkepConfig} for what there is,
 * {@link io.skep.broker.config.ConfigLoader} for how it is read (nodes with their lines, overrides put in, bound to the
 * records), {@link io.skep.broker.config.ConfigBinder} for the files of extensions. Immutable, so any thread reads it.
 */
@NullMarked
package io.skep.broker.config;

import org.jspecify.annotations.NullMarked;
