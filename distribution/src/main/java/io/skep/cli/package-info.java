/**
 * The command line: {@code skep start}, {@code check}, {@code passwd} and {@code version}.
 *
 * <p>Starting points: {@link io.skep.cli.Skep}. Runs on the main thread; a shutdown hook stops the broker.
 */
@NullMarked
package io.skep.cli;

import org.jspecify.annotations.NullMarked;
